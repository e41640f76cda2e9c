import { JailopsError } from '../../core/errors.ts'
import type { Shell } from '../shell.ts'
import { checkMapWords } from './maps.ts'
import { parseServersState, type ServerState } from './servers-state.ts'
import { addWhole, deleteWhole, isWhole, type Live, type NewServer } from './whole-backend.ts'

/** HAProxy's run-time socket. Every change is read back: an empty answer is all that the CLI ever says to one that it took. */
export interface HaproxySocket {
  /** `show info`: HAProxy's own field names, such as Version, Uptime_sec, CurrConns, Maxconn. */
  info(): Promise<ReadonlyMap<string, string>>
  stat(): Promise<StatRow[]>
  /** The same of one backend: its own row, and its servers'. Empty where there is no such backend. */
  statOf(backend: string): Promise<StatRow[]>
  backends(): Promise<string[]>
  /** `address:port` of the backend's first server; undefined where there is no such backend or it has none. */
  serverAddress(backend: string): Promise<string | undefined>
  /** Empty where there is no such backend. */
  servers(backend: string): Promise<{ name: string; state: ServerState }[]>
  /** 3.4 and newer: with just these servers, and it gets requests; without servers: it is not there. */
  hasBackend(backend: string, servers: readonly NewServer[]): Promise<boolean>
  /** A server as it is now; undefined where there is none of that name. */
  server(backend: string, server: string): Promise<ServerState | undefined>
  /** Ends them; they are gone a moment later. */
  shutSessions(backend: string, server: string): Promise<void>
  /** Read back. @throws step_failed */
  setServer(backend: string, server: string, wanted: ServerChange): Promise<void>
  /** 3.4 and newer: made where it is missing, with all its servers, and only then given requests. @throws step_failed */
  addBackend(backend: string, servers: readonly NewServer[]): Promise<void>
  /** 3.4 and newer: with its servers and their sessions. @throws step_failed */
  deleteBackend(backend: string): Promise<void>
  /** The value that decides: of several entries of one key the first. */
  mapValue(map: string, key: string): Promise<string | undefined>
  /** Afterwards the key has this value. `known`: what it had a moment ago, where somebody has just asked. @throws step_failed */
  setMapEntry(map: string, key: string, value: string, known?: { value: string | undefined }): Promise<void>
  /** Afterwards the key is not there. @throws step_failed */
  deleteMapEntry(map: string, key: string): Promise<void>
}

export interface ServerChange {
  address?: { address: string; port: number } | undefined
  weight?: number | undefined
  state?: ServerState['state'] | undefined
}

export interface StatRow {
  proxy: string
  /** FRONTEND, BACKEND, or a server's name. */
  server: string
  status: string
  sessions: number
  /** Sessions a second; for a frontend requests are in requestRate. */
  rate: number
  requestRate: number
  requests: number
  errors4xx: number
  errors5xx: number
  /** Empty where no check is configured. */
  checkStatus: string
  checkCode: string
  checkMilliseconds: string
  /** Seconds since its last change of status. */
  since: number
}

const timeoutSeconds = 5
/** HAProxy 2.6 resets and 3.2 silently drops what is longer than its buffer of 16 KiB. */
const longestCommand = 12_000
/** More copies of one key than this are nobody's honest doing. */
const mostCopies = 1000

const wordPattern = /^[a-z0-9_-]+$/
const addressPattern = /^[0-9.]+$/
const pathPattern = /^\/[A-Za-z0-9._+@/-]*$/

function safeWord(word: string, pattern: RegExp): string {
  if (pattern.test(word)) return word
  throw new JailopsError('bad_argument', `HAProxy is never told ${JSON.stringify(word)}: it has characters that could mean something else.`)
}

function safeKey(key: string): string {
  checkMapWords(key, null)
  return key
}

function fullName(backend: string, server: string): string {
  return `${safeWord(backend, wordPattern)}/${safeWord(server, wordPattern)}`
}

/** What it said, or that no HAProxy runs there: its next start reads the files. */
export async function orAway<Said>(asked: Promise<Said>): Promise<Said | 'away'> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof JailopsError && error.code === 'host_not_ready') return 'away'
    throw error
  }
}

export function createHaproxySocket(shell: Shell, socketPath: string): HaproxySocket {
  const say = async (...words: string[]): Promise<string> => {
    const text = `${words.join(' ')}\n`
    if (text.length > longestCommand) throw new JailopsError('step_failed', 'A command for HAProxy became too long; nothing was sent.')
    return shell.exchange(socketPath, text, timeoutSeconds)
  }
  const mapValue = async (map: string, key: string) => parseMapValue(await say('get map', safeWord(map, pathPattern), safeKey(key)), key)
  const change = async (...words: string[]): Promise<void> => {
    const answer = (await say(...words)).trim()
    if (answer !== '') throw new JailopsError('step_failed', `HAProxy refused "${words.join(' ')}": ${firstLine(answer)}`)
  }
  const deleteMapEntry = async (map: string, key: string) => {
    // 3.4 removes one copy a time, older ones all at once.
    for (let copies = 0; (await mapValue(map, key)) !== undefined; copies += 1) {
      if (copies === mostCopies) throw new JailopsError('step_failed', `HAProxy keeps ${key} in ${map} though it was told to delete it.`)
      await change('del map', map, key)
    }
  }

  const serversOf = async (backend: string) =>
    parseServersState(await say('show servers state', safeWord(backend, wordPattern))).filter((one) => one.backend === backend)
  const serverOf = async (backend: string, server: string) => (await serversOf(backend)).find(({ name }) => name === server)?.state
  const statOf = async (backend: string) => {
    const answer = await say('show stat', safeWord(backend, wordPattern), '6 -1')
    return /^No such proxy/i.test(answer) ? [] : parseStat(answer)
  }
  const backends = async () => linesOf(await say('show backend')).filter((line) => !line.startsWith('#'))
  const live: Live = { say, backends, statOf, serversOf, fullName, safeAddress: (address) => safeWord(address, addressPattern) }

  return {
    info: async () => parseInfo(await say('show info')),
    stat: async () => parseStat(await say('show stat')),
    statOf,
    backends,
    serverAddress: async (backend) => {
      const first = (await serversOf(backend))[0]
      return first === undefined ? undefined : `${first.state.address}:${first.state.port}`
    },
    servers: serversOf,
    hasBackend: (backend, servers) => isWhole(live, safeWord(backend, wordPattern), servers),
    server: serverOf,
    shutSessions: (backend, server) => change('shutdown sessions server', fullName(backend, server)),
    addBackend: (backend, servers) => addWhole(live, safeWord(backend, wordPattern), servers),
    deleteBackend: (backend) => deleteWhole(live, safeWord(backend, wordPattern)),
    setServer: async (backend, server, { address, weight, state }) => {
      const name = fullName(backend, server)
      // what it says to these when it has done as it was told, is words that differ by version: so it is looked at afterwards
      if (address !== undefined)
        await say('set server', name, 'addr', safeWord(address.address, addressPattern), 'port', String(address.port))
      if (weight !== undefined) await change('set server', name, 'weight', String(weight))
      if (state !== undefined) await change('set server', name, 'state', state)
      const now = await serverOf(backend, server)
      const isSo =
        now !== undefined &&
        (address === undefined || (now.address === address.address && now.port === address.port)) &&
        (weight === undefined || now.weight === weight) &&
        (state === undefined || now.state === state)
      if (!isSo) throw new JailopsError('step_failed', `HAProxy did not do as it was told with ${name}: it says ${JSON.stringify(now)}.`)
    },
    mapValue,
    deleteMapEntry,
    setMapEntry: async (map, key, value, known) => {
      checkMapWords(key, value)
      const before = known === undefined ? await mapValue(map, key) : known.value
      if (before === value) return
      // of several copies `set` may leave some as they were, which does not matter: they are deleted until none is left
      const answer = await say(before === undefined ? 'add map' : 'set map', map, key, `${value};`, 'get map', map, key)
      // an empty answer is all that it says to what it took, so the first word is the other's
      if (!/^\s*type=/.test(answer))
        throw new JailopsError('step_failed', `HAProxy refused to take ${key} ${value}: ${firstLine(answer.trim())}`)
      const now = parseMapValue(answer, key)
      if (now === value) return
      throw new JailopsError('step_failed', `HAProxy took ${key} ${value} but answers ${now ?? 'that it has no such entry'}.`)
    },
  }
}

/** `type=str, case=sensitive, found=yes, idx=tree, key="…", value="…", type="str"`; some versions say match= and val=. */
function parseMapValue(answer: string, key: string): string | undefined {
  // a map of beginnings answers with the longest one that fits, which may be another entry
  const other = / key="([^"]*)"/.exec(answer)?.[1]
  if (other !== undefined && other !== key) return undefined
  const found = /\b(?:found|match)=(yes|no)\b/.exec(answer)?.[1]
  if (found === 'no') return undefined
  const value = / val(?:ue)?="([^"]*)"/.exec(answer)?.[1]
  if (found === 'yes' && value !== undefined) return value
  throw notUnderstood('get map', answer)
}

/** `Name: value` a line. */
function parseInfo(answer: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of linesOf(answer)) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  if (!fields.has('Version')) throw notUnderstood('show info', answer)
  return fields
}

/** CSV with the titles in its first line: columns differ by version, so each is found by its title, once. Never the JSON: 60 times the size. */
function parseStat(answer: string): StatRow[] {
  const [titles, ...rows] = linesOf(answer)
  if (titles === undefined || !titles.startsWith('# pxname,')) throw notUnderstood('show stat', answer)
  const columns = titles.slice(2).split(',')
  const at = (title: string) => columns.indexOf(title)
  const [proxy, server, status, sessions, rate, requestRate] = ['pxname', 'svname', 'status', 'scur', 'rate', 'req_rate'].map(at)
  const [requests, total, errors4xx, errors5xx, since] = ['req_tot', 'stot', 'hrsp_4xx', 'hrsp_5xx', 'lastchg'].map(at)
  const [checkStatus, checkCode, checkMilliseconds] = ['check_status', 'check_code', 'check_duration'].map(at)
  return rows.map((row) => {
    const fields = splitCsv(row)
    const text = (index = -1) => fields[index] ?? ''
    const number = (index?: number) => Number(text(index)) || 0
    return {
      proxy: text(proxy),
      server: text(server),
      status: text(status),
      sessions: number(sessions),
      rate: number(rate),
      requestRate: number(requestRate),
      requests: number(requests) || number(total),
      errors4xx: number(errors4xx),
      errors5xx: number(errors5xx),
      checkStatus: text(checkStatus),
      checkCode: text(checkCode),
      checkMilliseconds: text(checkMilliseconds),
      since: number(since),
    }
  })
}

/** Only free texts such as last_chk are quoted; a line without quotes is cut at its commas. */
function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 200) ?? ''
}

function notUnderstood(command: string, answer: string): JailopsError {
  return new JailopsError('step_failed', `HAProxy answered "${command}" with something else: ${firstLine(answer.trim())}`)
}
