import { expect, test } from 'vitest'
import { oncePer } from '../../src/core/once-per.ts'

test('each object is asked about once, also when nothing came of it', () => {
  const asked: object[] = []
  const first = { name: 'first' }
  const second = { name: 'second' }
  const nameOf = oncePer((one: { name: string }) => {
    asked.push(one)
    return one === first ? one.name : undefined
  })

  expect([nameOf(first), nameOf(second), nameOf(first), nameOf(second)]).toEqual(['first', undefined, 'first', undefined])
  expect(asked).toEqual([first, second])
})
