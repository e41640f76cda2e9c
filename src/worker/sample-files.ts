import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type DurableLines, durableLines } from './durable-lines.ts'

/** What was counted in one minute. */
export interface Minute {
  /** Milliseconds since 1970, a whole minute. */
  at: number
  total: Figures
  backends: ReadonlyMap<string, Figures>
}

export interface Figures {
  requests: number
  errors4xx: number
  errors5xx: number
  sessions: number
  queue: number
  average: number | null
  down: number
  p50: number | null
  p95: number | null
}

/** 24 hours of minutes: one file an hour, one line a minute. A write that a crash cuts short loses the minute that it was about. */
export interface SampleFiles {
  append(minute: Minute): Promise<void>
  /** Of the last 24 hours, oldest first. A worker that was stopped within a minute has two parts of it. */
  read(now: number): Promise<Minute[]>
  close(): Promise<void>
}

const hour = 3600_000
const keptHours = 24
/** So that a day of 10,000 backends is 13 MB and not 700. */
const mostBackends = 200

export function createSampleFiles(folder: string): SampleFiles {
  let open: { hour: number; lines: DurableLines } | undefined

  async function linesOf(wanted: number): Promise<DurableLines> {
    if (open?.hour === wanted) return open.lines
    await open?.lines.close()
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const old of await hoursIn(folder)) if (old < wanted - keptHours) await rm(fileOf(folder, old), { force: true })
    const text = await readFile(fileOf(folder, wanted), 'utf8').catch(() => undefined)
    const length = Buffer.byteLength(text?.slice(0, text.lastIndexOf('\n') + 1) ?? '')
    const lines = durableLines(fileOf(folder, wanted), { length, isNew: text === undefined, folders: [folder] })
    open = { hour: wanted, lines }
    return lines
  }

  return {
    async append(minute) {
      const lines = await linesOf(Math.floor(minute.at / hour))
      await lines.append(lineOf(minute))
    },
    async read(now) {
      const minutes: Minute[] = []
      for (const one of await hoursIn(folder)) {
        if (one < Math.floor(now / hour) - keptHours) continue
        const text = await readFile(fileOf(folder, one), 'utf8').catch(() => '')
        for (const line of text.split('\n')) {
          const minute = minuteIn(line)
          if (minute !== undefined && minute.at <= now && minute.at > now - keptHours * hour) minutes.push(minute)
        }
      }
      return minutes.toSorted((a, b) => a.at - b.at)
    },
    async close() {
      await open?.lines.close()
      open = undefined
    },
  }
}

async function hoursIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .map((name) => Number(/^([0-9]+)\.jsonl$/.exec(name)?.[1] ?? Number.NaN))
    .filter((one) => !Number.isNaN(one))
    .toSorted((a, b) => a - b)
}

function fileOf(folder: string, hourNumber: number): string {
  return join(folder, `${hourNumber}.jsonl`)
}

const count = z.number()
const time = z.number().nullable()
const figuresSchema = z.tuple([count, count, count, count, count, time, count, time, time])
const lineSchema = z.strictObject({ at: z.number(), total: figuresSchema, backends: z.record(z.string(), figuresSchema) })

/** Those that failed, then the busiest. */
function lineOf({ at, total, backends }: Minute): string {
  const kept = [...backends]
    .toSorted(([, a], [, b]) => failed(b) - failed(a) || b.requests - a.requests)
    .slice(0, mostBackends)
    .map(([name, figures]) => [name, packed(figures)] as const)
  return `${JSON.stringify({ at, total: packed(total), backends: Object.fromEntries(kept) } satisfies z.input<typeof lineSchema>)}\n`
}

function failed({ errors5xx, down }: Figures): number {
  return Number(errors5xx > 0 || down > 0)
}

function packed({ requests, errors4xx, errors5xx, sessions, queue, average, down, p50, p95 }: Figures): z.input<typeof figuresSchema> {
  return [requests, errors4xx, errors5xx, sessions, queue, average, down, p50, p95]
}

function minuteIn(line: string): Minute | undefined {
  if (!line.startsWith('{')) return undefined
  const parsed = lineSchema.safeParse(parsedJson(line))
  if (!parsed.success) return undefined
  const { at, total, backends } = parsed.data
  return { at, total: unpacked(total), backends: new Map(Object.entries(backends).map(([name, figures]) => [name, unpacked(figures)])) }
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function unpacked([requests, errors4xx, errors5xx, sessions, queue, average, down, p50, p95]: z.output<typeof figuresSchema>): Figures {
  return { requests, errors4xx, errors5xx, sessions, queue, average, down, p50, p95 }
}
