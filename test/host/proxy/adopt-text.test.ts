import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layoutSchema } from '../../../src/core/layout.ts'
import { blockLines } from '../../../src/host/proxy/adopt/beside.ts'
import { blockIn, findBlock, renewed, withoutBlock } from '../../../src/host/proxy/adopt/block.ts'
import { diffOf } from '../../../src/host/proxy/adopt/diff.ts'
import { readConfiguration } from '../../../src/host/proxy/adopt/sections.ts'
import { spliced } from '../../../src/host/proxy/adopt/splice.ts'
import { wordsOfLine } from '../../../src/host/proxy/adopt/words.ts'
import { theirConfiguration } from '../their-haproxy.ts'

/* The file of somebody else: read by its words, changed by its bytes. */

describe('a line of HAProxy’s', () => {
  test.each([
    ['  acl a hdr(host) -i x.example.com\r\n', ['acl', 'a', 'hdr(host)', '-i', 'x.example.com'], true],
    ['\tuse_backend b if a#no blank before it', ['use_backend', 'b', 'if', 'a'], true],
    ['log-format "%ci # %[var(txn.a)]"  # said', ['log-format', '%ci # %[var(txn.a)]'], false],
    [String.raw`errorfile 503 /a\ b\#c`, ['errorfile', '503', '/a b#c'], false],
    [String.raw`x 'a\ b' "q\"q" \x41\t`, ['x', String.raw`a\ b`, 'q"q', 'A\t'], false],
    ['bind "${ADDR}:80"', ['bind', '${ADDR}:80'], false],
    ['bind ${ADDR}:80', ['bind', '${ADDR}:80'], true],
    ['   # only said', [], true],
    ['', [], true],
    ['a "" b', ['a', '', 'b'], false],
  ])('%j', (line, words, isPlain) => {
    expect(wordsOfLine(line)).toEqual({ words, isPlain, isBroken: false })
  })

  test.each(['a "b', "a 'b", 'a b\\', 'a b\\\n'])('%j is none', (line) => {
    expect(wordsOfLine(line).isBroken).toBe(true)
  })
})

const word = fc.oneof(
  fc.constantFrom('frontend', 'backend', 'acl', 'use_backend', 'default_backend', 'global', '#', '"', "'", '\\', 'bind', '*:80'),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
)
const newline = fc.constantFrom('\n', '\r\n', '\n\n', '\r', ' \n')
/** Lines that look like some of HAProxy's, with whatever ends, and perhaps none at the end. */
const configuration = fc
  .array(
    fc.tuple(
      fc.array(word, { maxLength: 5 }).map((words) => words.join(' ')),
      newline,
    ),
  )
  .chain((lines) =>
    fc.boolean().map((ends) => lines.map(([text, end], index) => text + (ends || index < lines.length - 1 ? end : '')).join('')),
  )

const lines = blockLines(layoutSchema.parse({}), 'theirs')

describe('a block', () => {
  test('put in and taken out again leaves the very same bytes', () => {
    fc.assert(
      fc.property(configuration, fc.nat(), fc.constantFrom(lines, ['one'], ['one', '', 'two']), (text, pick, block) => {
        fc.pre(!text.includes('jailops'))
        const places = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1), text.length]
        const withBlock = spliced(text, blockIn(text, places[pick % places.length] ?? 0, block)) ?? 'not spliced'
        const found = findBlock(withBlock)
        expect(withBlock.endsWith('\n')).toBe(true)
        if (found.kind !== 'whole') throw new Error(`the block is ${found.kind}`)
        expect(spliced(withBlock, found.cuts)).toBe(text)
        // for reading, every line stays where it was
        expect(withoutBlock(withBlock, found)).toHaveLength(withBlock.length)
        expect(renewed(withBlock, found, block)).toEqual([])
        const other = spliced(withBlock, renewed(withBlock, found, ['another', 'one'])) ?? 'not spliced'
        const again = findBlock(other)
        expect(again.kind === 'whole' && spliced(other, again.cuts)).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('with any other byte in it is damaged', () => {
    const text = theirConfiguration({ port: 80, test1: '10.0.0.5:80' })
    const withBlock = spliced(text, blockIn(text, text.indexOf('    default_backend'), lines)) ?? ''
    const found = findBlock(withBlock)
    if (found.kind !== 'whole') throw new Error(`the block is ${found.kind}`)
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('', ' ', 'x', '\n'), (pick, put) => {
        const at = withBlock.indexOf(found.body) + (pick % found.body.length)
        fc.pre(withBlock[at] !== put)
        expect(findBlock(withBlock.slice(0, at) + put + withBlock.slice(at + 1)).kind).toBe('damaged')
      }),
    )
    expect(findBlock(withBlock + withBlock.slice(found.at, found.end)).kind).toBe('damaged')
    expect(findBlock(withBlock.replace('# <<< jailops', '#')).kind).toBe('damaged')
    expect(findBlock(withBlock.replace(/# >>> jailops.*/, '#')).kind).toBe('damaged')
    expect(findBlock(text)).toEqual({ kind: 'none' })
  })

  test('its names are no names of theirs', () => {
    const text = lines.join('\n')
    expect(text.match(/txn\.(?!jailops_)\w+/g)).toBeNull()
    expect(text.match(/^acl (?!jailops_)\w+/gm)).toBeNull()
    expect(text).toContain('if jailops_asks_password !jailops_knows_password')
  })
})

test('a cut of what is not there changes nothing', () => {
  expect(spliced('abc', [{ at: 1, remove: 'x', insert: '' }])).toBeUndefined()
  expect(
    spliced('abc', [
      { at: 2, remove: 'c', insert: '' },
      { at: 0, remove: 'a', insert: '' },
    ]),
  ).toBeUndefined()
  expect(
    spliced('abc', [
      { at: 0, remove: 'a', insert: 'xy' },
      { at: 2, remove: 'c', insert: '' },
    ]),
  ).toBe('xyb')
})

test('a diff has the lines that go and come, and none around them', () => {
  const text = 'stats auth admin:secret\nacl a\nuse a\nend\n'
  expect(
    diffOf('/f', text, [
      { at: 24, remove: '', insert: 'new\n' },
      { at: 30, remove: 'use a\n', insert: '' },
    ]),
  ).toBe('--- /f\n+++ /f\n@@ -1,0 +2,1 @@\n+new\n@@ -3,1 +3,0 @@\n-use a\n')
})

test('sections, with their lines, whatever their indentation', () => {
  const { sections, strange } = readConfiguration(
    'stray\nglobal\n a 1\nfrontend f from d # x\n\n# said\nbind :80\r\n   backend b\n.if 1\n x "open\n',
  )
  expect(
    sections.map(({ kind, name, from, directives }) => [kind, name, from, directives.map(({ words, number }) => [number, ...words])]),
  ).toEqual([
    ['global', '', undefined, [[3, 'a', '1']]],
    ['frontend', 'f', 'd', [[7, 'bind', ':80']]],
    ['backend', 'b', undefined, []],
  ])
  expect(strange.map(({ number }) => number)).toEqual([9, 10])
})
