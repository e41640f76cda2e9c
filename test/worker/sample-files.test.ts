import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createSampleFiles, type Figures, type Minute, type SampleFiles } from '../../src/worker/sample-files.ts'
import { countedAs } from '../../src/worker/counted-as.ts'
import { seriesOf } from '../../src/worker/sample-series.ts'
import { temporaryFolder } from './worker-bench.ts'

const minute = 60_000
const hour = 60 * minute
const start = 1000 * hour
const figures = (more: Partial<Figures> = {}): Figures => ({
  requests: 1,
  errors4xx: 0,
  errors5xx: 0,
  sessions: 0,
  queue: 0,
  average: null,
  down: 0,
  p50: null,
  p95: null,
  ...more,
})
const at = (index: number, more: Partial<Minute> = {}): Minute => ({
  at: start + index * minute,
  total: figures({ requests: index }),
  backends: new Map([['jail_blog', figures({ requests: index })]]),
  ...more,
})

function files(folder = temporaryFolder()): SampleFiles {
  const opened = createSampleFiles(folder)
  onTestFinished(() => opened.close())
  return opened
}

it('keeps minutes over a restart of the worker', async () => {
  const folder = temporaryFolder()
  const first = files(folder)
  await first.append(at(0))
  await first.append(at(1))
  await first.close()

  const second = files(folder)
  await second.append(at(2))

  expect(await second.read(start + hour)).toEqual([at(0), at(1), at(2)])
})

it('a write that was cut short loses its own minute and no other, wherever it was cut', async () => {
  const whole = temporaryFolder()
  const before = files(whole)
  await before.append(at(0))
  const [name = ''] = readdirSync(whole)
  const length = statSync(join(whole, name)).size
  await before.append(at(1))
  const text = readFileSync(join(whole, name))

  for (let cut = length; cut < text.length; cut += 7) {
    const folder = temporaryFolder()
    appendFileSync(join(folder, name), text)
    truncateSync(join(folder, name), cut)
    const after = files(folder)
    const seen = await after.read(start + hour)
    await after.append(at(2))
    expect(seen).toEqual([at(0)])
    expect(await after.read(start + hour)).toEqual([at(0), at(2)])
  }
})

it('holds a day and not more, on disk too', async () => {
  const folder = temporaryFolder()
  const kept = files(folder)

  for (let index = 0; index < 30 * 60; index += 10) await kept.append(at(index))

  const now = start + 30 * hour
  const seen = await kept.read(now)
  expect(readdirSync(folder).length).toBeLessThanOrEqual(25)
  expect(seen[0]?.at).toBe(now - 24 * hour + 10 * minute)
  expect(seen.at(-1)?.at).toBe(start + 30 * hour - 10 * minute)
})

it('of very many backends keeps those that failed and the busiest', async () => {
  const kept = files()
  const many = Array.from({ length: 5000 }, (_, index): [string, Figures] => [`jail_${index}`, figures({ requests: index })])

  await kept.append(at(0, { backends: new Map([...many, ['jail_ill', figures({ requests: 0, down: 3 })]]) }))

  const [seen] = await kept.read(start + hour)
  expect(seen?.backends.size).toBe(200)
  expect([seen?.backends.has('jail_ill'), seen?.backends.has('jail_4999'), seen?.backends.has('jail_100')]).toEqual([true, true, false])
})

it('becomes series: nobody looked is null, nothing happened is 0, two parts of a minute are one', () => {
  const quiet = at(3, { total: figures({ requests: 0 }), backends: new Map() })
  const part = at(1, {
    total: figures({ requests: 5, average: 20 }),
    backends: new Map([['jail_blog', figures({ sessions: 4, down: 2 })]]),
  })

  const samples = seriesOf([at(0), at(1), part, quiet], start + 4 * minute + 1, countedAs([]))

  expect(samples).toMatchObject({
    from: start,
    step: minute,
    length: 4,
    total: { requests: [0, 6, null, 0], average: [null, 20, null, null] },
  })
  expect(Object.keys(samples?.backends ?? {})).toEqual(['jail_blog'])
  expect(samples?.backends['jail_blog']).toMatchObject({ requests: [0, 2, null, 0], sessions: [0, 4, null, 0], down: [0, 2, null, 0] })
})

it('has no series before its first minute is over', () => {
  expect(seriesOf([], start, countedAs([]))).toBeUndefined()
  expect(seriesOf([at(0)], start + 59_000, countedAs([]))).toBeUndefined()
})
