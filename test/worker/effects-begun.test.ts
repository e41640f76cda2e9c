import { mkdirSync, readFileSync } from 'node:fs'
import { setImmediate as soon } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { reloadsIn } from '../support/reloads.ts'
import { type Bench, makeBench, stepOf } from './effects-bench.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.end())

const effectsOver = (changed: Partial<Shell>) => {
  const hands = { shell: { ...bench.shell, ...changed }, now: Date.now, sleep: () => soon() }
  return createEffects({ ...hands, reloads: reloadsIn(bench.folder, hands), stagingFolder: bench.at('staging') })
}
const line = (key: string) => stepOf({ kind: 'map-entry', path: bench.at('maps', 'hosts'), key, value: 'jail_blog' })

test('a connection that is lost while the file is still read ends the step, and not the worker', async () => {
  const unheard: unknown[] = []
  const hear = (error: unknown) => void unheard.push(error)
  process.on('unhandledRejection', hear)
  const effects = effectsOver({
    exchange: () => Promise.reject(new JailopsError('connection_lost', 'gone')),
    readFile: async () => {
      // by then an answer that nobody listens for has been noticed
      for (let turn = 0; turn < 3; turn += 1) await soon()
      return ''
    },
  })
  const action = { kind: 'proxy-map' as const, socket: '/s', path: bench.at('hosts.map'), key: 'a.example.com', value: 'jail_a' }

  await expect(effects.begin(stepOf(action))).rejects.toMatchObject({ code: 'connection_lost' })

  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})

test('whoever takes its line back leaves the draft of the next one alone', async () => {
  mkdirSync(bench.at('maps'))
  const drafted = Promise.withResolvers<void>()
  const otherOne = async () => {
    const begun = await effects.begin(line('b.example.com'))
    drafted.resolve()
    await begun.perform({ groupFile: bench.groupFile })
  }
  let other: Promise<void> | undefined
  const effects = effectsOver({
    removeDraft: async (path) => {
      other ??= otherOne()
      // as long as the draft may come now, were it not for whose turn it is
      for (let turn = 0; turn < 200; turn += 1) await Promise.race([drafted.promise, soon()])
      await bench.shell.removeDraft(path)
    },
  })
  const mine = line('a.example.com')
  const { before, perform } = await effects.begin(mine)
  await perform({ groupFile: bench.groupFile })

  await effects.revert(mine, before, { groupFile: bench.groupFile })

  await other
  expect(readFileSync(bench.at('maps', 'hosts'), 'utf8')).toContain('b.example.com jail_blog\n')
})
