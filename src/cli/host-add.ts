import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { addHost } from '../config/add-host.ts'
import { loadConfig, readFileFromDisk } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { canonicalJson } from '../core/canonical.ts'
import { JailopsError, toJailopsError } from '../core/errors.ts'
import { hostName } from '../core/names.ts'
import { type SshTarget, sshTargetSchema } from '../core/ssh-target.ts'
import { createKeys, loadKeys } from '../queue/keys.ts'
import { addTrusted, loadTrusted } from '../queue/trusted.ts'
import { configFile } from './config-check.ts'
import { requireHostKey } from './known-hosts.ts'
import { readReplaceable, replaceConfig, requireReplaceable, whyNotReplaced } from './replace-config.ts'

/** As typed. */
export interface HostAddOptions {
  address: string
  port?: string | number
  user?: string
  knownHosts: string
  identity?: string
  become?: string
  config?: string
}

/**
 * Adds a host that this machine's worker reaches over ssh: its signing key, then its entry in jailops.yaml. Whatever is refused is
 * refused before anything is written; where it died half way, the same again finishes it. @throws JailopsError
 */
export async function hostAdd(name: string, options: HostAddOptions): Promise<void> {
  const file = configFile(options.config)
  if (file === undefined || !existsSync(file))
    throw new JailopsError('config_error', `There is no ${file ?? 'jailops.yaml here'}; name the file with --config.`)
  const asked = { name, ...targetOf(name, options) }
  const { target } = asked
  const { config, stands } = entryIn(file, asked)
  const keys = config.keys
  if (keys === undefined)
    throw new JailopsError('config_error', 'Say in jailops.yaml where keys are kept, for example keys: /usr/local/etc/jailops/keys')
  if (target.identity !== undefined && !existsSync(target.identity))
    throw new JailopsError('config_error', `There is no ${target.identity}. Make a key with: ssh-keygen -t ed25519 -f ${target.identity}`)
  await requireHostKey(target)
  if (!stands) await requireReplaceable(file)

  const next = await exchangeKeys(keys, name, config.bot.name)
  await writeEntry(file, asked).catch((error: unknown) => {
    throw withKey(keys, name, error)
  })
  process.stdout.write([`${name} ${stands ? 'stands in' : 'was added to'} ${file}.`, ...next, ...last(name, target), ''].join('\n'))
}

interface Asked {
  name: string
  /** What is to be written down of the target, which is what differs from the defaults. */
  given: Record<string, unknown>
  target: SshTarget
}

interface Entry {
  before: string
  /** With the host in it; the same where it stands there already. */
  after: string
  config: Config
  stands: boolean
}

/** What the file says now, and what it shall say. @throws config_error */
function entryIn(file: string, asked: Asked): Entry {
  const { name, target } = asked
  const before = readReplaceable(file)
  const config = load(file, before)
  if (name === config.bot.name) throw new JailopsError('config_error', `The bot itself is named ${name}; choose another name for the host.`)
  if (!Object.hasOwn(config.hosts, name)) return { before, after: withHost(file, before, config, asked), config, stands: false }
  if (canonicalJson(config.hosts[name]?.ssh ?? null) === canonicalJson(target)) return { before, after: before, config, stands: true }
  throw new JailopsError(
    'config_error',
    `There is a host ${name} in ${file} already, with other settings. Change it there, or choose another name.`,
  )
}

const tries = 20
const pauseMilliseconds = 100

/** Somebody else may add another host at the same time: then it is added to what the file says by then. */
async function writeEntry(file: string, asked: Asked): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const entry = entryIn(file, asked)
    if (entry.stands || (await replaceConfig(file, entry))) return
    await delay(pauseMilliseconds)
  }
  throw await whyNotReplaced(file)
}

/** @throws usage */
function targetOf(name: string, { config: _config, ...typed }: HostAddOptions): Omit<Asked, 'name'> {
  const target = {
    ...typed,
    ...(typed.port !== undefined && { port: portOf(typed.port) }),
    knownHosts: resolve(typed.knownHosts),
    ...(typed.identity !== undefined && { identity: resolve(typed.identity) }),
  }
  const parsed = z.object({ name: hostName, target: sshTargetSchema }).safeParse({ name, target })
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new JailopsError('usage', `${String(issue?.path.at(-1) ?? 'This')}: ${issue?.message ?? 'is not valid'}.`)
  }
  const usual = new Map<string, unknown>(Object.entries(sshTargetSchema.parse({ address: 'a', knownHosts: '/' })))
  const given = Object.entries(parsed.data.target).filter(([key, value]) => usual.get(key) !== value)
  return { given: Object.fromEntries(given), target: parsed.data.target }
}

/** Digits only: nobody who writes `0x16` or `2e1` is sure to mean what a program makes of it. @throws usage */
function portOf(typed: string | number): number {
  if (/^[0-9]{1,5}$/.test(String(typed))) return Number(typed)
  throw new JailopsError('usage', 'port: must be a number from 1 to 65535, such as 22.')
}

/** The file's text with the host in it, which means this host more and nothing else. @throws config_error */
function withHost(file: string, text: string, config: Config, { name, given, target }: Asked): string {
  const changed = addHost(text, { name, ssh: given, others: Object.keys(config.hosts) })
  const wanted = { ...config, hosts: { ...config.hosts, [name]: { ssh: target } } }
  const byHand = `Nothing was changed: hosts in ${file} is written in a way that jailops does not add to. Add ${name} there by hand.`
  try {
    if (changed !== undefined && canonicalJson(load(file, changed)) === canonicalJson(wanted)) return changed
  } catch (error) {
    throw new JailopsError('config_error', `${byHand}\n${toJailopsError(error).message}`, { cause: error })
  }
  throw new JailopsError('config_error', byHand)
}

/** As if the file said this. @throws config_error */
function load(file: string, text: string): Config {
  const readFile: typeof readFileFromDisk = (path) => (path === file ? { text, mode: 0o600 } : readFileFromDisk(path))
  return loadConfig({ file, environment: process.env, readFile }).config
}

/** @returns what is left for people to do */
async function exchangeKeys(folder: string, host: string, bot: string): Promise<string[]> {
  const own = await createKeys(folder, host).catch((error: unknown) => {
    throw cannotKeep(folder, error)
  })
  await addTrusted(folder, own.line)
  if (existsSync(join(folder, `${bot}.key`))) {
    await addTrusted(folder, (await loadKeys(folder, bot)).line)
    return [`Bot and worker use the keys in ${folder}, so they trust each other.`]
  }
  const isBotTrusted = (await loadTrusted(folder)).has(bot)
  return [
    'On the bot’s machine:',
    `  name it in jailops.yaml, under hosts beside those that are there:  ${host}: {}`,
    `  jailops host enroll ${bot} --trust '${own.line}'`,
    ...(isBotTrusted ? [] : [`That prints a line for this side. Here:`, `  jailops host enroll ${host} --trust 'THAT LINE'`]),
  ]
}

function cannotKeep(folder: string, error: unknown): JailopsError {
  if (error instanceof JailopsError || !(error instanceof Error && 'code' in error)) return toJailopsError(error)
  const sentence = `No key can be kept in ${folder} (${String(error.code)}), so nothing was changed. Say this as a user who may write there.`
  return new JailopsError('config_error', sentence, { cause: error })
}

/** By then the key is there, and whoever reads why the file is as it was should not wonder about that. */
function withKey(folder: string, name: string, error: unknown): JailopsError {
  const { code, message } = toJailopsError(error)
  const key = `The key of ${name} is in ${folder} by now, and trusted there; that does no harm, and the same again goes on from it.`
  return new JailopsError(code, `${message}\n${key}`, { cause: error })
}

function last(name: string, { user, become }: SshTarget): string[] {
  return [
    ...(become === 'none' ? [] : [`What ${user} needs there to become root by ${become}: jailops host privileges ${name}`]),
    `Whether it has all that it needs: jailops host check ${name}`,
    `Then restart worker and bot. /host list shows ${name} as here, within half a minute.`,
  ]
}
