import type { Call } from '../call.ts'
import { findJail, type Host, type RunningJail } from '../host.ts'
import { valueOf, type JailConfig } from '../jail-conf/jails.ts'
import { ConfError } from '../jail-conf/lexer.ts'
import { quoted } from '../jail-conf/quote.ts'
import { readJailConf } from '../jail-conf/read.ts'
import { jailValue } from '../jls/values.ts'
import { refuseOption } from '../refuse.ts'
import { createJail } from './create.ts'
import { parseJailOptions, type JailOptions } from './options.ts'
import { startOrder, stopOrder } from './order.ts'
import { cleanUp, endJail, removeJail } from './remove.ts'
import { applyParameters, findMistake } from './settings.ts'

/** jail(8). */
export async function jail(host: Host, call: Call): Promise<number> {
  const parsed = parseJailOptions(call.args)
  if (parsed.kind === 'refused') return refuseOption('jail', parsed.option)
  if (parsed.kind === 'usage') {
    call.err(parsed.message)
    return 1
  }
  const { options } = parsed
  try {
    const isDirect =
      options.separator === undefined && !options.remove && !options.removeOnly && options.operands.some((word) => word.includes('='))
    if (isDirect) return await onCommandLine(host, options, call)
    if (options.removeOnly && options.file === undefined) return await each(options.operands, (name) => removeOnly(host, name, call))
    return await byConfiguration(host, options, call)
  } catch (error) {
    if (!(error instanceof ConfError)) throw error
    call.err(`jail: ${error.message}\n`)
    return 1
  }
}

async function each<T>(list: T[], work: (item: T) => Promise<number>): Promise<number> {
  let code = 0
  for (const item of list) code = (await work(item)) || code
  return code
}

async function byConfiguration(host: Host, options: JailOptions, call: Call): Promise<number> {
  const isOptional = options.file === undefined && (options.remove || options.removeOnly)
  const all = await readAll(host, options, call, isOptional)
  if (options.separator !== undefined) return show(all, options.separator, call)
  const missing = options.operands.filter((name) => name !== '*' && !isThere(host, all, name, options))
  for (const name of missing) call.err(`jail: "${name}" not found\n`)
  const named =
    options.operands.length === 0 || options.operands.includes('*') ? all : options.operands.flatMap((name) => choose(host, all, name))
  if (missing.length > 0) {
    for (const config of named) if (!missing.includes(config.name)) call.err(`jail: ${config.name}: skipped\n`)
    return 1
  }
  if (options.removeOnly) return each(named, (config) => removeOnly(host, config.name, call))
  if (options.cleanup) return each(named, (config) => cleanup(host, config, call))
  let code = 0
  if (options.remove) code = await stop(host, named, all, options, call)
  if (options.create) code = (await start(host, named, all, options, call)) || code
  else if (options.modify) code = await each(named, (config) => modify(host, config, call))
  return code
}

async function readAll(host: Host, options: JailOptions, call: Call, isOptional: boolean): Promise<JailConfig[]> {
  const file = options.file ?? '/etc/jail.conf'
  const input = file === '-' ? (await call.input()).toString() : undefined
  try {
    return readJailConf(host.paths, file, call.cwd, input)
  } catch (error) {
    if (isOptional && error instanceof ConfError && error.message.endsWith('No such file or directory')) return []
    throw error
  }
}

function isThere(host: Host, all: JailConfig[], name: string, options: JailOptions): boolean {
  const isConfigured = all.some((config) => config.name === name)
  if (options.remove && !options.create) return findJail(host, name) !== undefined
  return isConfigured || (!options.create && findJail(host, name) !== undefined)
}

/** A running jail that no file knows can be removed too. */
function choose(host: Host, all: JailConfig[], name: string): JailConfig[] {
  const configured = all.filter((config) => config.name === name)
  if (configured.length > 0 || findJail(host, name) === undefined) return configured
  return [{ name, parameters: [{ name: 'name', values: [name] }], errors: [], onCommandLine: false }]
}

function show(all: JailConfig[], separator: string, call: Call): number {
  for (const config of all) {
    for (const error of config.errors) call.err(`jail: ${error}\n`)
    const shown = config.parameters.map(({ name, values }) => (values.length === 0 ? name : `${name}=${values.map(quoted).join(',')}`))
    call.out(`${shown.join(separator)}\n`)
  }
  return 0
}

async function start(host: Host, named: JailConfig[], all: JailConfig[], options: JailOptions, call: Call): Promise<number> {
  const isEvery = options.operands.length === 0 || options.operands.includes('*')
  return each(startOrder(named, all), (config) =>
    host.locks.run(config.name, async () => {
      const running = findJail(host, config.name)
      if (running === undefined) return createJail(host, config, call, options)
      if (options.modify) return modify(host, config, call)
      // Only a jail that was asked for by name is a mistake: all of them, or one that another depends on, may run already.
      if (isEvery || !named.includes(config) || options.remove) return 0
      call.err(`jail: "${config.name}" already exists\n`)
      return 1
    }),
  )
}

async function stop(host: Host, named: JailConfig[], all: JailConfig[], options: JailOptions, call: Call): Promise<number> {
  // -rc says only what it created; -v tells both.
  const says = !options.quiet && (!options.create || options.verbose)
  return each(stopOrder(named, all), (config) =>
    host.locks.run(config.name, async () => {
      const running = findJail(host, config.name)
      return running === undefined ? 0 : removeJail(host, config, running, call, { verbose: options.verbose, says })
    }),
  )
}

async function removeOnly(host: Host, name: string, call: Call): Promise<number> {
  const running = findJail(host, name)
  if (running !== undefined) {
    await endJail(host, running)
    return 0
  }
  call.err(`jail: "${name}" not found\n`)
  return 1
}

async function cleanup(host: Host, config: JailConfig, call: Call): Promise<number> {
  return findJail(host, config.name) === undefined ? cleanUp(host, config, call) : 0
}

async function onCommandLine(host: Host, options: JailOptions, call: Call): Promise<number> {
  const config = fromWords(options.operands)
  const running = findJail(host, config.name)
  if (options.modify && running !== undefined) return modify(host, config, call)
  if (!options.create) {
    call.err(`jail: "${config.name}" not found\n`)
    return 1
  }
  const code = await createJail(host, config, call, options)
  if (code === 0 && options.printJid) call.out(`${findJail(host, config.name)?.jid ?? ''}\n`)
  return code
}

function fromWords(words: string[]): JailConfig {
  const command = words.findIndex((word) => word.startsWith('command='))
  const parameters = (command < 0 ? words : words.slice(0, command)).map((word) => {
    const sign = word.indexOf('=')
    if (sign < 0) return { name: word, values: [] }
    const text = word.slice(sign + 1)
    const name = word.slice(0, sign)
    return { name, values: /^(ip[46]\.addr|depend)$/.test(name) ? text.split(',') : [text] }
  })
  if (command >= 0) parameters.push({ name: 'command', values: [words.slice(command).join(' ').slice('command='.length)] })
  const config: JailConfig = { name: '', parameters, errors: [], onCommandLine: true }
  return { ...config, name: valueOf(config, 'name') ?? valueOf(config, 'jid') ?? '' }
}

async function modify(host: Host, config: JailConfig, call: Call): Promise<number> {
  const running = findJail(host, config.name)
  const mistake = running === undefined ? `"${config.name}" not found` : (findMistake(config) ?? fixedMistake(config, running))
  if (running === undefined || mistake !== undefined) {
    call.err(`jail: ${mistake ?? ''}\n`)
    return 1
  }
  applyParameters(running, config)
  return 0
}

/** Some are for the making of a jail only; the same value again is no mistake. */
function fixedMistake(config: JailConfig, running: RunningJail): string | undefined {
  const changed = ['path', 'osrelease', 'osreldate'].find((name) => {
    const wanted = valueOf(config, name)
    return wanted !== undefined && wanted !== jailValue(running, name)
  })
  return changed === undefined ? undefined : `${changed} cannot be changed after creation`
}
