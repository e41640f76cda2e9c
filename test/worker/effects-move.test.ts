import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

/* Moves from one filesystem to another: a jail's file lies in /etc, the trash where the jails do, which with ZFS is a dataset of its own. */

const memory = '/dev/shm'

let bench: Bench
let elsewhere: string | undefined
beforeEach(() => {
  bench = makeBench()
  elsewhere = isOtherFilesystem() ? mkdtempSync(join(memory, 'jailops-move-')) : undefined
})
afterEach(async () => {
  await bench.end()
  if (elsewhere !== undefined) rmSync(elsewhere, { recursive: true })
})

function isOtherFilesystem(): boolean {
  return existsSync(memory) && statSync(memory).dev !== statSync(tmpdir()).dev
}

function moveOut(context: TestContext): { step: Step; from: string; to: string } {
  if (elsewhere === undefined) return context.skip('there is no second filesystem here')
  const [from, to] = [bench.at('blog.conf'), join(elsewhere, 'jail.conf')]
  return { step: stepOf({ kind: 'move', from, to }), from, to }
}

const revert = (step: Step, before: string | null) => bench.effects.revert(step, before, { groupFile: bench.groupFile })

test('a single file arrives with its mode, and comes back', async (context) => {
  const { step, from, to } = moveOut(context)
  writeFileSync(from, 'blog { }\n', { mode: 0o640 })
  const before = await perform(bench, step)
  expect([existsSync(from), readFileSync(to, 'utf8'), statSync(to).mode & 0o777]).toEqual([false, 'blog { }\n', 0o640])
  expect(await bench.effects.check(step)).toBe('done')
  await revert(step, before)
  expect([readFileSync(from, 'utf8'), existsSync(to)]).toEqual(['blog { }\n', false])
})

test('killed between the copy and the removal it is taken back to one, in either direction', async (context) => {
  const { step, from, to } = moveOut(context)
  writeFileSync(from, 'blog { }\n')
  const before = await bench.effects.capture(step)
  writeFileSync(to, 'blog { }\n')
  expect(await bench.effects.check(step)).toBe('half')
  await revert(step, before)
  expect([existsSync(from), existsSync(to)]).toEqual([true, false])
  await bench.effects.perform(step, { groupFile: bench.groupFile })
  expect([existsSync(from), existsSync(to)]).toEqual([false, true])
})

test('a folder is refused, and stays', async (context) => {
  const { step, from, to } = moveOut(context)
  mkdirSync(from)
  await expect(perform(bench, step)).rejects.toMatchObject({ code: 'other_filesystem' })
  expect([existsSync(from), existsSync(to)]).toEqual([true, false])
})

test('what somebody else has at the other end is not taken for what was moved', async () => {
  mkdirSync(bench.at('to'))
  writeFileSync(bench.at('to', 'theirs'), 'kept')
  const step = stepOf({ kind: 'move', from: bench.at('from'), to: bench.at('to') })
  const before = await bench.effects.capture(step)
  await expect(bench.effects.perform(step, { groupFile: bench.groupFile })).rejects.toMatchObject({ code: 'step_failed' })
  await revert(step, before)
  expect(readdirSync(bench.at('to'))).toEqual(['theirs'])
})
