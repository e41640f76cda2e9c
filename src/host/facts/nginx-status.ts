import type { Clock } from '../../core/clock.ts'
import { passLostConnection } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import type { LogLine } from '../../core/proxy-log.ts'
import type { ServerStatus } from '../../core/proxy-status.ts'
import { type Answered, askPlace } from '../proxy/nginx/health.ts'
import { endOfLog } from '../proxy/nginx/log-cursor.ts'
import { nginxLogLines } from '../proxy/nginx/log-lines.ts'
import { nginxEntriesOf, nginxMapFile } from '../proxy/nginx/places.ts'
import { askFront } from '../proxy/nginx/traffic.ts'
import type { UpstreamServer } from '../proxy/nginx/upstream.ts'
import { placeText, readUpstreams, serves } from '../proxy/nginx/upstreams.ts'
import { noFigures, type StatFigures, type StatTable } from '../proxy/stat-table.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'
import { askNginx } from './site-status.ts'
import { placeShown, type StatusSource } from './status-source.ts'

/** A rate is of so many seconds. */
const rateSeconds = 10
/** Where there are more, those of whom their last visitor had an answer are taken for up. */
const mostAsked = 100

/**
 * nginx tells how many connections it has. All else is seen: what the end of its log says of requests, and how each jail answers when it is
 * asked; undefined while nginx does not answer.
 */
export async function nginxStatusSource(shell: Shell, layout: Layout, now: Clock): Promise<StatusSource | undefined> {
  const [figures, version, log, upstreams, hosts, paths] = await Promise.all([
    askFront(shell, layout).catch(passLostConnection),
    shell.run({ argv: ['nginx', '-v'], timeoutSeconds: 10 }).catch(passLostConnection),
    endOfLog(shell, layout),
    readUpstreams(shell, layout),
    shell.readFile(nginxMapFile(layout, 'hosts')),
    shell.readFile(nginxMapFile(layout, 'paths')),
  ])
  if (figures === undefined) return undefined
  const lines = nginxLogLines(log)
  const asking = createAsking(shell, now)
  const serving = new Map([...upstreams.values()].flatMap((servers) => servers.filter(serves)).map((one) => [placeText(one), one]))
  if (serving.size <= mostAsked) await inBatches([...serving.values()], asking.ask)
  const isSilent = (place: string) => {
    const answered = asking.answered(place)
    return answered === undefined ? wasSilent(place, lines) : !answered.isAlive
  }
  const info = new Map([
    ['CurrConns', String(Math.max(0, figures.active - 1))],
    ...versionIn(version?.stderr ?? '').map((number) => ['Version', number] as const),
  ])
  return {
    table: tableOf({ upstreams, lines, info, isSilent, at: now() }),
    hosts: nginxEntriesOf(hosts ?? ''),
    paths: nginxEntriesOf(paths ?? ''),
    targetsIn: async (backend) => upstreams.get(backend)?.length ?? 0,
    async serversOf(backends) {
      const known = backends.flatMap((name) => {
        const servers = upstreams.get(name)
        return servers === undefined ? [] : [{ name, servers }]
      })
      const found = await inBatches(
        known,
        async ({ name, servers }) =>
          [name, await inBatches(servers, async (server) => serverSeen(shell, layout, server, await asking.ask(server)))] as const,
      )
      return new Map(found)
    },
  }
}

function versionIn(text: string): string[] {
  const number = /nginx\/(\S+)/.exec(text)?.[1]
  return number === undefined ? [] : [number]
}

/** Each place once. */
function createAsking(shell: Shell, now: Clock) {
  const answers = new Map<string, Answered>()
  return {
    async ask(server: UpstreamServer): Promise<Answered> {
      const place = placeText(server)
      const answered = answers.get(place) ?? (await askPlace(shell, server.place, now))
      answers.set(place, answered)
      return answered
    },
    answered: (place: string) => answers.get(place),
  }
}

interface Seen {
  upstreams: ReadonlyMap<string, readonly UpstreamServer[]>
  lines: readonly LogLine[]
  info: ReadonlyMap<string, string>
  isSilent(place: string): boolean
  at: number
}

function tableOf({ upstreams, lines, info, isSilent, at }: Seen): StatTable {
  const byBackend = Map.groupBy(lines, ({ backend }) => backend)
  const figures = new Map(
    [...upstreams].map(([name, servers]) => {
      const usable = servers.filter((server) => serves(server) && !isSilent(placeText(server))).length
      return [name, figuresOf(usable, byBackend.get(name) ?? [], at)]
    }),
  )
  const { rate, requests, errors4xx, errors5xx } = countsOf(lines, at)
  return {
    info: (name) => info.get(name),
    front: { rate, requests, errors4xx, errors5xx },
    each: (visit) => figures.forEach((one, name) => visit(name, one)),
    figures: (name) => figures.get(name),
  }
}

function figuresOf(usable: number, lines: readonly LogLine[], at: number): StatFigures {
  const { sessions: _unknown, ...none } = noFigures
  return { ...none, ...countsOf(lines, at), isUp: usable > 0, usable }
}

/** As far as the log says: the last that it was asked for was not answered. */
function wasSilent(place: string, lines: readonly LogLine[]): boolean {
  const last = lines.findLast(({ server }) => server === place)
  return last?.ended === 'SC' || last?.ended === 'sH'
}

function countsOf(lines: readonly LogLine[], now: number) {
  const recent = lines.filter(({ at }) => at > now - rateSeconds * 1000)
  return {
    rate: Math.round(recent.length / rateSeconds),
    requests: lines.length,
    errors4xx: lines.filter(({ status }) => status >= 400 && status < 500).length,
    errors5xx: lines.filter(({ status }) => status >= 500).length,
  }
}

async function serverSeen(shell: Shell, layout: Layout, server: UpstreamServer, { isAlive, words }: Answered): Promise<ServerStatus> {
  const { jail, appPort, place, weight, isDrained } = server
  const status = weight === 0 ? 'DRAIN' : isDrained ? 'DRAIN while a request works on it' : isAlive ? 'UP' : 'DOWN'
  const isAsked = appPort === undefined && isAlive
  return {
    name: jail,
    jail,
    address: placeShown(place),
    status,
    check: words,
    ...(isAsked && { nginx: await askNginx(shell, layout, jail, place) }),
  }
}
