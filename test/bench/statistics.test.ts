import { describe, expect, it } from 'vitest'
import { alternate, compare } from '../../bench/support/measured.ts'
import { median, percentile, rounded } from '../../bench/support/statistics.ts'

describe('statistics', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])('the median of %j is %d, in whatever order', (values, expected) => {
    expect(median(values)).toBe(expected)
  })

  it('percentiles lie between neighbours', () => {
    const values = Array.from({ length: 101 }, (_, index) => index)
    expect(percentile(values, 99)).toBe(99)
    expect(percentile([0, 10], 25)).toBe(2.5)
    expect(percentile([1, 2, 3], 100)).toBe(3)
    expect(percentile([], 50)).toBeNaN()
  })

  it('rounds to significant digits', () => {
    expect([rounded(1.2345), rounded(123.45), rounded(0.012345)]).toEqual([1.23, 123, 0.0123])
  })
})

describe('a row', () => {
  it('takes ours and bare in turn, and forgets the warm-up', async () => {
    const order: string[] = []
    const side = (name: string) => async () => order.push(name)
    const samples = await alternate({ ours: side('ours'), bare: side('bare') }, { samples: 2, warmUp: 1 })
    expect(order).toEqual(['ours', 'bare', 'ours', 'bare', 'ours', 'bare'])
    expect(samples).toEqual({ ours: [3, 5], bare: [4, 6] })
  })

  it('compares medians', () => {
    expect(compare('x', { ours: [4, 2, 3], bare: [2, 1, 3] })).toMatchObject({
      name: 'x',
      ours: 3,
      bare: 2,
      ratio: 1.5,
      unit: 'ms',
      samples: 3,
    })
  })
})
