import { describe, expect, it } from 'vitest'
import { parseRcConf } from '../../src/lab/sysrc/rc-conf.ts'

function values(text: string): Record<string, string> {
  const parsed = parseRcConf(text)
  if (parsed.kind === 'syntax') return { syntax: `${parsed.line}: ${parsed.message}` }
  return { ...Object.fromEntries(parsed.values), ...(parsed.commands.length > 0 ? { commands: parsed.commands.join('|') } : {}) }
}

describe('rc.conf', () => {
  it.each([
    ['a="x y" # c\nb=\'$a\'; c=$a-z\n', { a: 'x y', b: '$a', c: 'x y-z' }],
    ['a="$HOME"b\\"\n', { a: 'b"' }],
    ['a=1\na="two\nlines"\n', { a: 'two\nlines' }],
    ['a=1\n\nb="\n', { syntax: '3: Unterminated quoted string' }],
    ['a="b"c\'d e"\n', { syntax: '1: Unterminated quoted string' }],
    ['/usr/bin/id\na=1\n', { a: '1', commands: '/usr/bin/id' }],
    ['a=1 id\n', { commands: 'a=1 id' }],
    ['a="$(id)"\n', { a: '$(id)', commands: '$(id)"' }],
  ])('%j', (text, expected) => {
    expect(values(text)).toEqual(expected)
  })
})
