import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createVitest } from 'vitest/node'
import { slowest, SlowestFirst } from '../../scripts/slowest-first.ts'
import { projectFolder } from '../support/house.ts'

test('all of the slowest are there, each once', () => {
  expect(slowest.filter((file) => !existsSync(join(projectFolder, file)))).toEqual([])
  expect(new Set(slowest).size).toBe(slowest.length)
})

test('they begin first, and nothing is left out', async () => {
  const vitest = await createVitest('test', { root: projectFolder, watch: false })
  onTestFinished(() => vitest.close())
  const files = await vitest.globTestSpecifications()

  // oxlint-disable-next-line unicorn/no-array-sort -- vitest's, not an array's
  const sorted = await new SlowestFirst(vitest).sort(files.toReversed())

  const names = sorted.map(({ moduleId }) => relative(projectFolder, moduleId))
  const ours = slowest.filter((file) => !file.startsWith('test/long/'))
  expect(names.slice(0, ours.length)).toEqual(ours)
  expect(names.toSorted()).toEqual(files.map(({ moduleId }) => relative(projectFolder, moduleId)).toSorted())
})
