import { array, assert, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../src/core/proxy.ts'
import { shares } from '../../src/core/shares.ts'

const targets = (...weights: number[]): Target[] => weights.map((weight, index) => ({ jail: `j${index}`, weight }))
const weights = (of: readonly Target[]) => of.map(({ weight }) => weight)

describe('shares', () => {
  it.each<[string, number[], number, number, number[]]>([
    ['a canary takes its share of one', [100, 0], 1, 10, [90, 10]],
    ['the others keep how they stand to each other', [60, 30, 10], 2, 40, [40, 20, 40]],
    ['who is drained stays so', [50, 0, 50], 2, 20, [80, 0, 20]],
    ['all of it drains the others', [90, 10], 1, 100, [0, 100]],
    ['none of it drains this one', [90, 10], 1, 0, [100, 0]],
    ['a single one has all', [7], 0, 50, [100]],
    ['a single one can be drained', [100], 0, 0, [0]],
  ])('%s', (_, before, at, percent, after) => {
    const all = targets(...before)
    expect(weights(shares(all, all[at], percent))).toEqual(after)
  })

  it('where nobody is named they stand to each other as before; where all were drained, all come back', () => {
    expect(weights(shares(targets(1, 1, 1), undefined, 0))).toEqual([34, 33, 33])
    expect(weights(shares(targets(0, 0), undefined, 0))).toEqual([50, 50])
    expect(weights(shares(targets(30), undefined, 0))).toEqual([100])
  })

  it('is 100 in all, the share that was said, and nobody with a share loses the last of it', () => {
    const some = array(record({ weight: integer({ min: 1, max: 100 }) }), { minLength: 2, maxLength: 8 })
    assert(
      property(some, integer({ min: 0, max: 90 }), (list, percent) => {
        const all = list.map(({ weight }, index) => ({ jail: `j${index}`, weight }))
        const after = shares(all, all[0], percent)
        expect(after[0]?.weight).toBe(percent)
        expect(after.slice(1).every(({ weight }) => weight > 0)).toBe(true)
        expect(weights(after).reduce((sum, weight) => sum + weight, 0)).toBe(100)
      }),
    )
  })
})
