import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import { createLoneRuns } from '../../src/worker/lone-runs.ts'

function begin() {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-lone-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const ended: string[] = []
  /** The worker, started anew. */
  const life = () =>
    createLoneRuns({
      file: join(folder, 'last.json'),
      groupFile: (number) => `group-${number}`,
      endGroup: async (groupFile) => void ended.push(groupFile),
    })
  return { ended, life }
}

it('every run has a group of its own, over lives', async () => {
  const { ended, life } = begin()

  const groups = []
  for (const runs of [life(), life()]) for (let times = 0; times < 2; times += 1) groups.push(await runs.run(async (group) => group))

  expect([groups, ended]).toEqual([['group-1', 'group-2', 'group-3', 'group-4'], []])
})

it('what a killed worker left running is ended before the next begins, once', async () => {
  const { ended, life } = begin()
  const begun = Promise.withResolvers<void>()
  void life().run(() => {
    begun.resolve()
    return new Promise(() => undefined)
  })
  await begun.promise
  const next = life()

  expect(await next.run(async (group) => `${group} after ${ended.join()}`)).toBe('group-2 after group-1')
  expect(await next.run(async (group) => group)).toBe('group-3')
  expect(ended).toEqual(['group-1'])
})

const fails = (code: 'step_failed' | 'connection_lost') => async () => {
  throw new JailopsError(code, 'no')
}

it('one whose end is known needs no ending; one whose connection was lost does', async () => {
  const { ended, life } = begin()
  const runs = life()

  await expect(runs.run(fails('step_failed'))).rejects.toMatchObject({ code: 'step_failed' })
  await expect(runs.run(fails('connection_lost'))).rejects.toMatchObject({ code: 'connection_lost' })
  await runs.run(async () => undefined)

  expect(ended).toEqual(['group-2'])
})
