import { describe, expect, it } from 'vitest'
import { reasonCodes } from '../../src/core/errors.ts'
import { type Source, sourcesIn, type TypePart, typeParts } from './sources.ts'

const product = [...sourcesIn('src'), ...sourcesIn('commands')]
const everything = [...product, ...sourcesIn('test')]

/** The one place for casts that no schema can spare us. */
const trustBoundaries = 'src/core/trust-boundaries.ts'

describe('the house rules', () => {
  it('no any', () => {
    expect(offences(everything, ({ text }) => !isImport(text) && /\bany\b/.test(withoutText(text)))).toEqual([])
  })

  it('no casts but as const', () => {
    const files = product.filter(({ file }) => file !== trustBoundaries)
    expect(offences(files, ({ text }) => /^as\s/.test(text) && !/^as\s+const\b/.test(text))).toEqual([])
  })

  it('no non-null !', () => {
    expect(offences(everything, ({ text }) => text.startsWith('!'))).toEqual([])
  })

  it('no file over 300 lines', () => {
    expect(everything.filter(({ text }) => text.split('\n').length > 301).map(({ file }) => file)).toEqual([])
  })

  it('no note to do something later', () => {
    const notes = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['X', 'XX'].join('')})\\b`)
    expect(everything.filter(({ text }) => notes.test(text)).map(({ file }) => file)).toEqual([])
  })

  it('no compiler told to look away, and no linter for a whole file', () => {
    const looksAway = /@ts-(?:ignore|nocheck|expect-error)|(?:eslint|oxlint)-disable(?!-(?:next-)?line)/
    expect(everything.filter(({ text }) => looksAway.test(text)).map(({ file }) => file)).toEqual([])
  })

  it('no test left out, and none alone', () => {
    const tests = sourcesIn('test', '.test.ts').filter(({ text }) => /\b(it|test|describe)\.(only|skip|todo)\(/.test(text))
    expect(tests.map(({ file }) => file)).toEqual([])
  })
})

describe('reason codes', () => {
  it('are all used', () => {
    const texts = product.filter(({ file }) => file !== 'src/core/errors.ts').map(({ text }) => text)
    expect(reasonCodes.filter((code) => !texts.some((text) => text.includes(`'${code}'`)))).toEqual([])
  })
})

const find = (text: string) => typeParts({ file: 'x.ts', text }).map((part) => part.text)

describe('the finder of types', () => {
  it('sees casts, ! and any, and takes nothing else for them', () => {
    expect(find('const a = b as unknown as Foo')).toEqual(['as unknown as Foo'])
    expect(find('const a = b!.c')).toEqual(['!'])
    expect(find('function f(a: any, b: Map<string, any>) {}')).toEqual([': any', ': Map<string, any>'])
    expect(find("const a = 'b as any' // c as any!\nconst ä = !b")).toEqual([])
    expect(find('const a = [1] as const')).toEqual(['as const'])
  })
})

function offences(files: readonly Source[], isOffence: (part: TypePart) => boolean): string[] {
  return files.flatMap((source) =>
    typeParts(source)
      .filter(isOffence)
      .map(({ text, line }) => `${source.file}:${line}: ${text.slice(0, 60)}`),
  )
}

function isImport(text: string): boolean {
  return /^(import|export) type\b/.test(text)
}

/** Without comments and strings that stand inside a type. */
function withoutText(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '')
}
