import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { entryIn, valueIn, withEntry, withLineBack } from '../../src/worker/effects/map-text.ts'

/** The plain way, which reads every line. */
function plainLines(text: string): { raw: string; key: string | undefined; value: string }[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((raw) => {
    const [, key, value = ''] = /^\s*([^\s#]\S*)\s*(.*?)\s*$/s.exec(raw) ?? []
    return { raw, key, value }
  })
}

const keys = ['a', 'a.b', 'b.a', 'xa', 'a|1', '*.a']
const line = fc
  .tuple(
    fc.constantFrom('', ' ', '\t', '# ', '#'),
    fc.constantFrom(...keys),
    fc.constantFrom('', ' ', '\t ', ' x', ' a', ' a.b #c'),
    fc.constantFrom('\n', '\r\n', '\n\n'),
  )
  .map((parts) => parts.join(''))
const texts = fc.tuple(fc.array(line, { maxLength: 8 }), fc.boolean()).map(([lines, cut]) => lines.join('').slice(0, cut ? -1 : undefined))
const key = fc.constantFrom(...keys)

test('what is found by searching is what reading every line finds', () => {
  fc.assert(
    fc.property(texts, key, (text, wanted) => {
      const lines = plainLines(text)
      const at = lines.findIndex((one) => one.key === wanted)
      expect(valueIn(text, wanted)).toBe(lines[at]?.value)
      expect(entryIn(text, wanted).line).toEqual(at < 0 ? undefined : { raw: lines[at]?.raw, behind: lines[at - 1]?.raw ?? '' })
    }),
    { numRuns: 500 },
  )
})

test('afterwards the key is there once with the value, or not at all, and every other line is as it was', () => {
  fc.assert(
    fc.property(texts, key, fc.constantFrom('x', 'y', null), (text, wanted, value) => {
      const changed = withEntry(text, wanted, value)
      const others = (of: string) =>
        plainLines(of)
          .filter((one) => one.key !== wanted)
          .map(({ raw }) => raw.replace(/\r?\n?$/, ''))
      expect(others(changed)).toEqual(others(text))
      expect(plainLines(changed).filter((one) => one.key === wanted)).toHaveLength(value === null ? 0 : 1)
      expect(valueIn(changed, wanted) ?? null).toBe(value)
      expect(withEntry(changed, wanted, value)).toBe(changed)
    }),
    { numRuns: 500 },
  )
})

test('a line that was alone in its key comes back to where it was', () => {
  fc.assert(
    fc.property(texts, key, (text, wanted) => {
      const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
      const found = entryIn(whole, wanted).line
      fc.pre(found !== undefined && plainLines(whole).filter((one) => one.key === wanted).length === 1)
      // where two lines are alike, it may come behind the last of them
      fc.pre(plainLines(whole).filter(({ raw }) => raw === found?.behind).length <= 1)
      expect(found && withLineBack(withEntry(whole, wanted, null), found)).toBe(whole)
    }),
    { numRuns: 500 },
  )
})
