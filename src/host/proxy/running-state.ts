import { JailopsError } from '../../core/errors.ts'
import type { Shell } from '../shell.ts'
import { checkMapWords } from './maps.ts'
import { parseServersState, type ServerState } from './servers-state.ts'

/* The whole state of the running HAProxy, to be held against the files. */

export interface MapLine {
  key: string
  value: string
}

const timeoutSeconds = 20
/** Beyond 16 KiB some versions drop a command without a word. */
const longestPayload = 12_000

/** Every copy of every key; undefined where the running HAProxy has no such map. */
export async function runningMap(shell: Shell, socket: string, map: string): Promise<MapLine[] | undefined> {
  const answer = await say(shell, socket, `show map ${map}`)
  return answer.startsWith('Unknown map identifier') ? undefined : mapLines(answer)
}

/**
 * The whole map at once: requests see the old lines or the new ones, never half of them. Read before it counts, since an empty answer is
 * all that HAProxy says to what it took.
 */
export async function replaceMap(shell: Shell, socket: string, map: string, lines: readonly MapLine[]): Promise<void> {
  for (const { key, value } of lines) checkMapWords(key, value)
  const [, version] = /^New version created: ([0-9]+)/m.exec(await say(shell, socket, `prepare map ${map}`)) ?? []
  if (version === undefined) throw new JailopsError('step_failed', `HAProxy would not prepare a new version of ${map}.`)
  try {
    for (const payload of payloads(lines)) await must(shell, socket, `add map @${version} ${map} <<\n${payload}`)
    if (!isSame(mapLines(await say(shell, socket, `show map @${version} ${map}`)), lines)) {
      throw new JailopsError('step_failed', `HAProxy did not take all lines of ${map}.`)
    }
    await must(shell, socket, `commit map @${version} ${map}`)
  } catch (error) {
    // what was prepared and never counts would stay in memory
    await say(shell, socket, `clear map @${version} ${map}`).catch(() => undefined)
    throw error
  }
}

/** The same keys with the same values, each once; their order means nothing. */
export function isSame(some: readonly MapLine[], others: readonly MapLine[]): boolean {
  const values = new Map(some.map(({ key, value }) => [key, value]))
  return some.length === others.length && values.size === some.length && others.every(({ key, value }) => values.get(key) === value)
}

/** By `backend/server`. */
export async function runningServers(shell: Shell, socket: string): Promise<Map<string, ServerState>> {
  const servers = parseServersState(await say(shell, socket, 'show servers state'))
  return new Map(servers.map(({ backend, name, state }) => [`${backend}/${name}`, state]))
}

/** Nobody is sent there. */
export async function putAside(shell: Shell, socket: string, name: string): Promise<void> {
  await must(shell, socket, `set server ${checked(name)} state maint`)
}

/** Out of the way only where its address changes: nobody is sent to one that is half changed, and nobody is sent away for less. */
export async function correctServer(shell: Shell, socket: string, name: string, now: ServerState, wanted: ServerState): Promise<void> {
  checked(name)
  if (!/^[0-9.]+$/.test(wanted.address)) throw notUnderstood('the address of a server', wanted.address)
  if (!isPlaced(now, wanted)) {
    await putAside(shell, socket, name)
    // what it says to this when it has done it differs by version
    await say(shell, socket, `set server ${name} addr ${wanted.address} port ${wanted.port}`)
  }
  await must(shell, socket, `set server ${name} weight ${wanted.weight}`)
  const then = (await runningServers(shell, socket)).get(name)
  if (then === undefined || !isPlaced(then, wanted) || then.weight !== wanted.weight)
    throw new JailopsError('step_failed', `HAProxy did not do as it was told with ${name}: it says ${JSON.stringify(then)}.`)
  if (then.state !== wanted.state) await must(shell, socket, `set server ${name} state ${wanted.state}`)
}

export function isPlaced(now: ServerState, wanted: ServerState): boolean {
  return now.address === wanted.address && now.port === wanted.port
}

function checked(name: string): string {
  if (/^[a-z0-9_-]+\/[a-z0-9_-]+$/.test(name)) return name
  throw notUnderstood('the name of a server', name)
}

async function must(shell: Shell, socket: string, command: string): Promise<void> {
  const answer = (await say(shell, socket, command)).trim()
  if (answer !== '') throw new JailopsError('step_failed', `HAProxy refused "${firstLine(command)}": ${firstLine(answer)}`)
}

function say(shell: Shell, socket: string, command: string): Promise<string> {
  return shell.exchange(socket, `${command}\n`, timeoutSeconds)
}

function mapLines(answer: string): MapLine[] {
  return answer
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, key, value = ''] = /^0x[0-9a-f]+ (\S+)(?: (.*))?$/.exec(line) ?? []
      if (key === undefined) throw notUnderstood('show map', line)
      return { key, value }
    })
}

function payloads(lines: readonly MapLine[]): string[] {
  const made: string[] = []
  let payload = ''
  for (const { key, value } of lines) {
    const line = `${key} ${value}\n`
    if (payload.length + line.length > longestPayload) {
      made.push(payload)
      payload = ''
    }
    payload += line
  }
  return payload === '' ? made : [...made, payload]
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 200) ?? ''
}

function notUnderstood(command: string, answer: string): JailopsError {
  return new JailopsError('step_failed', `HAProxy answered "${command}" with something else: ${firstLine(answer.trim())}`)
}
