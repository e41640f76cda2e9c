import { expect, it } from 'vitest'
import { chooseCells } from './budget.ts'
import { columns } from './columns.ts'
import { modes } from './trial.ts'

const verbs = ['jail create', 'jail stop', 'jail destroy', 'jail list'].map((path) => ({ path }))

function cells(budget: number, seed: number): string[][] {
  const isChosen = chooseCells({ columns, verbs, modes }, budget, seed)
  return columns.map((column) =>
    verbs.flatMap((verb) => modes.filter((mode) => isChosen(column, verb, mode)).map((mode) => `${verb.path} ${mode}`)),
  )
}

it.each([0, 1, 6, 40, 10_000])('chooses as many of %i cells as there are, the same number on each driver', (budget) => {
  const counts = cells(budget, 1).map(({ length }) => length)

  const most = columns.length * verbs.length * modes.length
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(Math.min(budget, most))
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
})

it('chooses the same by one seed, and others by another', () => {
  expect(cells(40, 1)).toEqual(cells(40, 1))
  expect(cells(40, 1)).not.toEqual(cells(40, 2))
})
