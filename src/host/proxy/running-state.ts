import { JailopsError } from '../../core/errors.ts'
import type { Shell } from '../shell.ts'
import { checkMapWords } from './maps.ts'

/* The whole state of the running HAProxy, to be held against the files. */

export interface MapLine {
  key: string
  value: string
}

export interface RunningServer {
  address: string
  port: number
  weight: number
  /** `maint` also where it is disabled by its line. */
  state: 'ready' | 'drain' | 'maint'
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
export async function runningServers(shell: Shell, socket: string): Promise<Map<string, RunningServer>> {
  const answer = await say(shell, socket, 'show servers state')
  const [version, titles, ...rows] = answer.split('\n').filter((line) => line !== '')
  const columns = titles?.replace(/^#\s*/, '').split(' ') ?? []
  const at = ['be_name', 'srv_name', 'srv_addr', 'srv_port', 'srv_uweight', 'srv_admin_state'].map((title) => columns.indexOf(title))
  if (version !== '1' || at.some((index) => index < 0)) throw notUnderstood('show servers state', answer)
  return new Map(
    rows.map((row) => {
      const fields = row.split(' ')
      const [backend, server, address = '', port, weight, admin] = at.map((index) => fields[index])
      return [`${backend}/${server}`, { address, port: Number(port), weight: Number(weight), state: adminState(Number(admin)) }]
    }),
  )
}

/** First out of the way, then changed: nobody is sent to an address that is half changed. */
export async function correctServer(shell: Shell, socket: string, name: string, wanted: RunningServer): Promise<void> {
  if (!/^[a-z0-9_-]+\/[a-z0-9_-]+$/.test(name) || !/^[0-9.]+$/.test(wanted.address)) throw notUnderstood('the name of a server', name)
  await must(shell, socket, `set server ${name} state maint`)
  // what it says to this when it has done it differs by version
  await say(shell, socket, `set server ${name} addr ${wanted.address} port ${wanted.port}`)
  await must(shell, socket, `set server ${name} weight ${wanted.weight}`)
  const now = (await runningServers(shell, socket)).get(name)
  const isSo = now?.address === wanted.address && now.port === wanted.port && now.weight === wanted.weight
  if (!isSo) throw new JailopsError('step_failed', `HAProxy did not do as it was told with ${name}: it says ${JSON.stringify(now)}.`)
  if (wanted.state !== 'maint') await must(shell, socket, `set server ${name} state ${wanted.state}`)
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

/** Bits 1, 2, 32 and 64 are kinds of maintenance, 8 and 16 of drain; 4 only remembers that its line says `disabled`. */
function adminState(bits: number): RunningServer['state'] {
  if ((bits & 0b110_0011) !== 0) return 'maint'
  return (bits & 0b1_1000) === 0 ? 'ready' : 'drain'
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 200) ?? ''
}

function notUnderstood(command: string, answer: string): JailopsError {
  return new JailopsError('step_failed', `HAProxy answered "${command}" with something else: ${firstLine(answer.trim())}`)
}
