import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from '../../src/core/suggest.ts'

const known = ['jail create', 'jail list', 'proxy add', 'help', 'ip']

describe('nearest', () => {
  it.each([
    ['jail craete', 'jail create'],
    ['jail creat', 'jail create'],
    ['jail lists', 'jail list'],
    ['hepl', 'help'],
    ['pi', 'ip'],
    ['i', 'ip'],
    ['help', 'help'],
  ])('%s is %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant)
  })

  it.each(['', 'abc', 'jail destroy', 'x'.repeat(5000)])('nothing is near %j', (word) => {
    expect(nearest(word, known)).toBeUndefined()
  })

  it('knows nothing where nothing is known', () => {
    expect(nearest('a', [])).toBeUndefined()
  })
})

describe('didYouMean', () => {
  it('is a sentence that can be put behind another one, or nothing', () => {
    expect(didYouMean('hlep', known)).toBe(' Did you mean help?')
    expect(didYouMean('zebra', known)).toBe('')
  })
})
