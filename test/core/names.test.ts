import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backendOf, hostName, jailName, requestId, showSiteName, siteName } from '../../src/core/names.ts'
import { newRequestId } from '../../src/core/clock.ts'

const strictSite = /^(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/

describe('jailName', () => {
  it.each(['blog', 'a', 'web-2', 'a--b', 'x'.repeat(32), 'allow', 'basement', 'rc1', 'my-released'])('takes %s', (name) => {
    expect(jailName.parse(name)).toBe(name)
  })

  it.each([
    '',
    'all',
    'ALL',
    'Blog',
    '../x',
    '.',
    '..',
    '/x',
    '-rf',
    '--',
    'a;b',
    'a b',
    ' a',
    'a ',
    'a\n',
    '1',
    '1a',
    'a.b',
    'a_b',
    'a'.repeat(33),
    'a'.repeat(300),
    'blоg',
    'ｂlog',
    'blög',
    'a\u0000',
    'a\u202Eb',
    'blog-',
    '-',
    '$(x)',
    '`x`',
    'a*',
    'a,b',
    'jail',
    'root',
    'base',
    'none',
    'default',
    'trash',
    'help',
    'ioc-1',
    'my-release',
    'x-current',
    'x-rc2',
    'x-beta',
    '__proto__',
  ])('refuses %j', (name) => {
    expect(jailName.safeParse(name).success).toBe(false)
  })

  it('takes only what every manager and configuration file can hold', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9._ -]{0,40}$/)), (name) => {
        if (jailName.safeParse(name).success) expect(name).toMatch(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/)
      }),
    )
  })

  it('gives the backend its name', () => {
    expect(backendOf('blog')).toBe('jail_blog')
  })
})

describe('siteName', () => {
  it.each([
    ['blog.example.com', 'blog.example.com'],
    ['Blog.EXAMPLE.com', 'blog.example.com'],
    ['blog.example.com.', 'blog.example.com'],
    ['*.example.com', '*.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['1.example.com', '1.example.com'],
    ['a.b', 'a.b'],
    [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
    [Array.from({ length: 127 }, () => 'a').join('.'), Array.from({ length: 127 }, () => 'a').join('.')],
  ])('reads %j', (input, ascii) => {
    expect(siteName.parse(input)).toBe(ascii)
  })

  it.each([
    '',
    ' ',
    '.',
    '..',
    '*',
    '*.',
    '*.com',
    'localhost',
    'com',
    'a b.com',
    'a"b.com',
    "a'b.com",
    'a.com\n',
    '\na.com',
    'a\n.com',
    'a#b.com',
    'a%41.com',
    '%41.com',
    'a$b.com',
    'a;b.com',
    'a/b.com',
    'a\\b.com',
    'a@b.com',
    'a?b.com',
    'a{b.com',
    'a,b.com',
    'a.*.com',
    'www.*',
    '*a.com',
    'a*.com',
    '**.a.com',
    '*.*.a.com',
    '10.0.0.1',
    '127.1',
    '0x7f.1',
    '１２７.０.０.１',
    '::1',
    '[::1]',
    'fe80::1',
    'a.1',
    'a.0x10',
    '*.10.0.0.1',
    'a_b.com',
    '_dmarc.a.com',
    '-a.com',
    'a-.com',
    'a.-b.com',
    'a.com-',
    'a..com',
    '.a.com',
    'a.com..',
    'a.com:80',
    'http://a.com',
    'a.com/',
    'xn--a.com',
    'xn--.com',
    'a\u00ADb.com',
    'a\u200Bb.com',
    'a\u202Eb.com',
    'a。com',
    'a\u0000.com',
    `${'a'.repeat(64)}.com`,
    `${'a'.repeat(50)}.${'b'.repeat(50)}.${'c'.repeat(50)}.${'d'.repeat(50)}.${'e'.repeat(50)}`,
    `*.${Array.from({ length: 127 }, () => 'a').join('.')}`,
    `a.${'b'.repeat(2000)}`,
  ])('refuses %j', (input) => {
    const result = siteName.safeParse(input)
    expect(result.success).toBe(false)
    expect(result.error?.issues[0]?.message).not.toMatch(/invalid input/i)
  })

  it('takes only strict names, and each one means itself', () => {
    const parts = ['a', '-', '.', '*.', 'xn--', 'é', 'ß', 'İ', 'ﬀ', '１', '०', '中', '한', 'א', '_', '0x', '9', 'com', '\u0301', '①']
    const likely = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 12 }).map((chosen) => chosen.join(''))
    fc.assert(
      fc.property(fc.oneof(likely, fc.string({ unit: 'grapheme' }), fc.domain()), (input) => {
        const once = siteName.safeParse(input)
        if (!once.success) return
        expect(once.data).toMatch(strictSite)
        expect(once.data.length).toBeLessThanOrEqual(253)
        expect(siteName.parse(once.data)).toBe(once.data)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('showSiteName', () => {
  it.each([
    ['blog.example.com', 'blog.example.com'],
    ['*.example.com', '*.example.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example (bücher.example)'],
    ['*.xn--bcher-kva.example', '*.xn--bcher-kva.example (*.bücher.example)'],
  ])('shows %s', (ascii, text) => {
    expect(showSiteName(ascii)).toBe(text)
  })

  it('shows that a Cyrillic look-alike is another name', () => {
    expect(siteName.parse('аpple.com')).not.toBe(siteName.parse('apple.com'))
    expect(showSiteName(siteName.parse('аpple.com'))).toBe('xn--pple-43d.com (аpple.com)')
  })
})

describe('other names', () => {
  it.each(['web1', 'a', 'db-2'])('takes the host %s', (name) => expect(hostName.parse(name)).toBe(name))
  it.each(['', 'Web', '1a', 'a.b', 'a b', 'a'.repeat(33), '-a'])('refuses the host %j', (name) =>
    expect(hostName.safeParse(name).success).toBe(false),
  )

  it('makes request ids that are ids, and never the same', () => {
    const ids = Array.from({ length: 500 }, () => newRequestId())
    expect(ids.every((id) => requestId.safeParse(id).success)).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(['', '1', 'r1', 'rabcdefghijklmnop', 'x23456789abcdefg', 'r234567:9abcdefg', 'R23456789abcdefg'])(
    'refuses the request id %j',
    (id) => expect(requestId.safeParse(id).success).toBe(false),
  )
})
