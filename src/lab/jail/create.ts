import { statSync } from 'node:fs'
import { subCall, type Call } from '../call.ts'
import type { Host, RunningJail } from '../host.ts'
import { addAlias, dropAlias, giveBackInterfaces } from '../network.ts'
import { ifconfig } from '../ifconfig.ts'
import { quoted } from '../jail-conf/quote.ts'
import { isOn, valueOf, valuesOf, type JailConfig } from '../jail-conf/jails.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { killServices } from '../service/jail-services.ts'
import { runCommands } from './commands.ts'
import { addMounts, mountSteps } from './mounts.ts'
import { isKernelParameter } from './parameters.ts'
import { addressesOf, applyParameters, findMistake } from './settings.ts'

export interface Speech {
  quiet: boolean
  verbose: boolean
}

/** Starts a jail as jail(8) does; what was done before a failure is taken back. Returns the exit code. */
export async function createJail(host: Host, config: JailConfig, call: Call, speech: Speech): Promise<number> {
  const mistake = findMistake(config) ?? fstabProblem(host, config)
  if (mistake !== undefined) {
    failed(call, mistake)
    return 1
  }
  const undo: (() => Promise<void> | void)[] = []
  let ok = false
  try {
    ok = await start(host, config, call, speech, undo)
  } finally {
    // Also when the lab refused something half-way.
    if (!ok) for (const step of undo.toReversed()) await step()
  }
  return ok ? 0 : 1
}

async function start(host: Host, config: JailConfig, call: Call, speech: Speech, undo: (() => Promise<void> | void)[]): Promise<boolean> {
  const say = (parameter: string, jail?: RunningJail) => runCommands(host, config, parameter, call, speech.verbose, jail)
  if (!(await say('exec.prepare'))) return false
  if (!addAliases(host, config, call, speech, undo)) return false
  if (!addMounts(host, config, call, speech.verbose, undo)) return false
  if (!(await say('exec.prestart'))) return false

  const made = makeJail(host, config)
  if (typeof made === 'string') return failed(call, made)
  if (speech.verbose) call.out(`${config.name}: jail_set(JAIL_CREATE) ${kernelLine(config)}\n`)
  host.jails.push(made)
  const announces = !config.onCommandLine && !speech.quiet
  if (announces) call.out(`${config.name}: created\n`)
  undo.push(async () => {
    await killServices(host, made)
    giveBackInterfaces(host, made)
    host.jails = host.jails.filter((jail) => jail !== made)
    if (announces) call.out(`${config.name}: removed\n`)
  })

  for (const name of valuesOf(config, 'vnet.interface')) {
    const command = `/sbin/ifconfig ${name} vnet ${made.jid}`
    if (speech.verbose) call.out(`${config.name}: run command: ${command}\n`)
    if (ifconfig(host, subCall(call, 'ifconfig', [name, 'vnet', String(made.jid)])) !== 0)
      return failed(call, `${config.name}: ${command}: failed`)
  }
  if (!(await say('exec.created'))) return false
  if (!(await say('exec.start', made)) || !(await say('command', made))) return false
  if (!(await say('exec.poststart'))) return false
  made.starting = false
  if (!made.persist && made.services.size === 0) host.jails = host.jails.filter((jail) => jail !== made)
  return true
}

function fstabProblem(host: Host, config: JailConfig): string | undefined {
  const steps = mountSteps(host, config)
  return typeof steps === 'string' ? steps : undefined
}

function failed(call: Call, message: string): false {
  call.err(`jail: ${message}\n`)
  return false
}

function addAliases(host: Host, config: JailConfig, call: Call, speech: Speech, undo: (() => void)[]): boolean {
  for (const { address, prefix, interface: name } of addressesOf(config)) {
    if (name === undefined) continue
    const command = `/sbin/ifconfig ${name} inet ${address}/${prefix} alias`
    if (speech.verbose) call.out(`${config.name}: run command: ${command}\n`)
    const problem = addAlias(host, name, address, prefix)
    if (problem !== undefined) {
      call.err(`${problem}\njail: ${config.name}: ${command}: failed\n`)
      return false
    }
    undo.push(() => void dropAlias(host, name, address))
  }
  return true
}

/** The jail itself, or why the kernel refuses it. */
function makeJail(host: Host, config: JailConfig): RunningJail | string {
  const prefix = config.onCommandLine ? '' : `${config.name}: `
  const name = valueOf(config, 'name') ?? valueOf(config, 'jid') ?? config.name
  const asked = valueOf(config, 'jid') ?? (/^[0-9]+$/.test(name) ? name : undefined)
  const same = host.jails.find((jail) => jail.name === name)
  if (same !== undefined)
    return asked === undefined ? `"${config.onCommandLine ? same.jid : name}" already exists` : `jail "${name}" already exists`
  if (name.includes('.')) return findParent(host, name)
  const path = valueOf(config, 'path') ?? '/'
  if (!isFolder(toReal(host.paths, path))) return `${prefix}path ${path}: No such file or directory`
  const hasCommand = ['command', 'exec.start'].some((parameter) => valuesOf(config, parameter).length > 0)
  if (!isOn(config, 'persist') && !hasCommand) return `${prefix}new jail must persist or attach`
  const jid = asked === undefined ? host.nextJid : Number(asked)
  host.nextJid = asked === undefined ? jid + 1 : host.nextJid
  const texts = { name, path, hostname: '', meta: '', env: '' }
  const jail: RunningJail = {
    jid,
    ...texts,
    addresses: [],
    persist: false,
    cpuset: 2 * jid + 1,
    values: new Map(),
    services: new Map(),
    interfaces: [],
    starting: true,
  }
  applyParameters(jail, config)
  if (jail.values.get('vnet') !== 'new') return jail
  if (jail.addresses.length > 0) return `${prefix}vnet jails cannot have IP address restrictions`
  jail.interfaces.push({ name: 'lo0', aliases: [] })
  return jail
}

function findParent(host: Host, name: string): string {
  const parent = name.slice(0, name.lastIndexOf('.'))
  if (host.jails.some((jail) => jail.name === parent)) refuse('jail', 'jails within jails are not imitated here')
  return `jail "${parent}" not found`
}

function kernelLine(config: JailConfig): string {
  const known = config.parameters.filter(({ name }) => isKernelParameter(name))
  return known
    .map(({ name, values }) => (values.length === 0 ? name : `${name}=${name === 'ip4.addr' ? bare(config) : quoted(values.join(','))}`))
    .join(' ')
}

function bare(config: JailConfig): string {
  return addressesOf(config)
    .map(({ address }) => address)
    .join(',')
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
