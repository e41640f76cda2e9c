import type { Clock } from '../../../core/clock.ts'
import { JailopsError } from '../../../core/errors.ts'
import type { Layout } from '../../../core/layout.ts'
import type { LogLine } from '../../../core/proxy-log.ts'
import type { NginxFigures } from '../../../core/proxy-status.ts'
import { parseStubStatus } from '../../facts/site-status.ts'
import type { Place } from '../backend-file.ts'
import type { BackendLook, DownBackend, ProxyTraffic } from '../traffic.ts'
import type { Shell } from '../../shell.ts'
import { statusName } from './configuration.ts'
import { createHealth } from './health.ts'
import { createLogCursor } from './log-cursor.ts'
import { nginxLogLines } from './log-lines.ts'
import type { UpstreamServer } from './upstream.ts'
import { placeText, readUpstreams, serves } from './upstreams.ts'

interface Sums {
  requests: number
  errors4xx: number
  errors5xx: number
  /** Milliseconds of its last requests. */
  times: number[]
}

/** An average of so many, as HAProxy's. */
const mostTimes = 1024

/** nginx's counters as HAProxy has them: by its log of requests, by its own figures, and by asking who gets requests. */
export function createNginxTraffic(shell: Shell, layout: Layout, now: Clock): ProxyTraffic {
  const begun = now()
  const cursor = createLogCursor(shell, layout)
  const health = createHealth(shell, now)
  const all: Sums = noSums()
  const sums = new Map<string, Sums>()
  let down = new Map<string, DownBackend>()
  let fresh: LogLine[] = []

  function count(lines: readonly LogLine[], share: number): void {
    for (const line of lines) {
      add(all, line, share)
      if (line.backend === '') continue
      const known = sums.get(line.backend) ?? noSums()
      sums.set(line.backend, known)
      add(known, line, share)
    }
  }

  return {
    async lookAtTraffic() {
      const { active } = await askFront(shell, layout)
      const upstreams = await readUpstreams(shell, layout)
      const { text, share } = await cursor.next()
      const lines = nginxLogLines(text)
      count(lines, share)
      fresh = [...fresh, ...lines].slice(-mostFresh)
      for (const name of sums.keys()) if (!upstreams.has(name)) sums.delete(name)
      await health.look(servingPlaces(upstreams), unanswered(lines))
      down = new Map([...upstreams].flatMap(([name, servers]) => downOf(name, servers, health.down, now())).map((one) => [one.name, one]))
      return {
        // one life of these counts, whatever nginx goes through
        pid: 1,
        uptimeSeconds: Math.floor((now() - begun) / 1000),
        // without the one that asks
        front: { ...rounded(all), sessions: Math.max(0, active - 1), queue: 0 },
        backends: [...upstreams.keys()].map((name) => lookOf(name, sums.get(name) ?? noSums(), !down.has(name))),
      }
    },
    lookAtDown: async (names) => names.flatMap((name) => down.get(name) ?? []),
    async lookAtLatencies(after) {
      const byBackend = new Map<string, number[]>()
      let until = after
      for (const { at, milliseconds, backend, server } of fresh) {
        // nginx logs when a request ends, and says that moment
        if (at <= after || backend === '' || server === '<NOSRV>') continue
        until = Math.max(until, at)
        byBackend.set(backend, [...(byBackend.get(backend) ?? []), milliseconds])
      }
      fresh = []
      return { until, byBackend }
    },
  }
}

/** Sample enough of one look. */
const mostFresh = 5000

/** @throws step_failed where nobody answers, or something else than our front */
export async function askFront(shell: Pick<Shell, 'httpGet'>, { haproxy }: Layout): Promise<NginxFigures> {
  const { bindAddress: address, bindPort: port } = haproxy
  const { body } = await shell.httpGet({ address, port, path: '/', hostHeader: statusName, timeoutSeconds: 5 })
  const figures = parseStubStatus(body)
  if (figures !== undefined) return figures
  throw new JailopsError('step_failed', `nginx does not tell its figures at ${address}:${port}: is its front as jailops wrote it?`)
}

function servingPlaces(upstreams: ReadonlyMap<string, readonly UpstreamServer[]>): Map<string, Place> {
  const serving = [...upstreams.values()].flat().filter(serves)
  return new Map(serving.map((server) => [placeText(server), server.place]))
}

/** Places whose answer never began. */
function unanswered(lines: readonly LogLine[]): Set<string> {
  return new Set(lines.filter(({ ended }) => ended === 'SC' || ended === 'sH').map(({ server }) => server))
}

/** None of those that should serve does; since the last of them does not. */
function downOf(
  name: string,
  servers: readonly UpstreamServer[],
  down: (place: string) => { since: number; check: string } | undefined,
  at: number,
): DownBackend[] {
  const serving = servers.filter(serves)
  const known = serving.map((server) => down(placeText(server))).filter((one) => one !== undefined)
  if (serving.length === 0 || known.length < serving.length) return []
  const last = known.toSorted((a, b) => b.since - a.since)[0]
  return last === undefined ? [] : [{ name, for: Math.round((at - last.since) / 1000), check: last.check }]
}

function noSums(): Sums {
  return { requests: 0, errors4xx: 0, errors5xx: 0, times: [] }
}

function add(sum: Sums, { status, milliseconds }: LogLine, share: number): void {
  sum.requests += 1 / share
  if (status >= 400 && status < 500) sum.errors4xx += 1 / share
  if (status >= 500) sum.errors5xx += 1 / share
  sum.times.push(milliseconds)
  if (sum.times.length > 2 * mostTimes) sum.times = sum.times.slice(-mostTimes)
}

function rounded({ requests, errors4xx, errors5xx }: Sums) {
  return { requests: Math.round(requests), errors4xx: Math.round(errors4xx), errors5xx: Math.round(errors5xx) }
}

function lookOf(name: string, sum: Sums, isUp: boolean): BackendLook {
  const times = sum.times.slice(-mostTimes)
  const average = times.length === 0 ? null : Math.round(times.reduce((total, time) => total + time, 0) / times.length)
  // nginx does not count the sessions of one jail
  return { name, ...rounded(sum), sessions: 0, queue: 0, average, isUp }
}
