import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sha256 } from '../../src/core/canonical.ts'

describe('canonicalJson', () => {
  it.each([
    [{ b: 1, a: [2, { d: null, c: true }] }, '{"a":[2,{"c":true,"d":null}],"b":1}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    // RFC 8785 orders by UTF-16 units: the pair of U+1F600 comes before U+FB33.
    [{ '\uFB33': 1, '\u{1F600}': 2, ö: 3, '1': 4, '\r': 5 }, '{"\\r":5,"1":4,"ö":3,"\u{1F600}":2,"\uFB33":1}'],
    ['€\u2028"\\\n\u0001', '"€\u2028\\"\\\\\\n\\u0001"'],
    [-0, '0'],
    [1e21, '1e+21'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    [Object.create(null), '{}'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', [Number.POSITIVE_INFINITY]],
    ['undefined', undefined],
    ['undefined in an array', [1, undefined]],
    ['a hole in an array', Array(1)],
    ['a function', { a: () => 1 }],
    ['a symbol', Symbol('a')],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['a map', new Map([[1, 2]])],
    ['a set', { a: new Set([1]) }],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })

  it('keeps every JSON value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
      }),
    )
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  )
}

describe('sha256', () => {
  it('is the digest of the UTF-8 bytes', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256('ä')).toBe('33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc')
  })
})
