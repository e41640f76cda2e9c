import { describe, expect, it } from 'vitest'
import { configuredJails, positive } from '../../src/lab/jail-conf/jails.ts'
import { ConfError } from '../../src/lab/jail-conf/lexer.ts'
import { parseJailConf, type Include } from '../../src/lab/jail-conf/parse.ts'
import { quoted } from '../../src/lab/jail-conf/quote.ts'

const nothing: Include = () => []
const whole: Include = (path) => [{ file: path, text: 'b { }' }]
const broken: Include = (path) => [{ file: path, text: 'b {' }]

function read(text: string, include = nothing): string[] {
  return configuredJails(parseJailConf(text, '/j', include)).map((jail) =>
    jail.parameters.map(({ name, values }) => (values.length === 0 ? name : `${name}=${values.join(',')}`)).join('|'),
  )
}

function problem(text: string): string {
  try {
    read(text)
    return ''
  } catch (error) {
    return error instanceof ConfError ? error.message : 'another error'
  }
}

describe('jail.conf', () => {
  it('knows three kinds of comment, and quotes of two kinds', () => {
    expect(read(`# a\n// b\n/* c { \n */ a { path = "/x y"; b = '$no "quotes"'; persist; }`)).toEqual([
      'name=a|path=/x y|b=$no "quotes"|persist',
    ])
  })

  it('gives each jail what stands before, and what stands after overrides', () => {
    expect(read('x = 1; y = 1; a { x = 2; } y = 3; b { }')).toEqual(['name=a|x=2|y=3', 'name=b|x=1|y=3'])
  })

  it('replaces in place, and appends with +=', () => {
    expect(read('p = 1, 2; q; a { p += 3; q = no; p += 4, 5; }')).toEqual(['name=a|p=1,2,3,4,5|q=no'])
  })

  it('matches wildcards and replaces variables', () => {
    expect(read('$dir = /jails; *  { path = "$dir/$name"; } a { h = ${path}.x; } *.b { nested; } c.b { }')).toEqual([
      'name=a|path=/jails/a|h=/jails/a.x',
      'name=c.b|path=/jails/c.b|nested',
    ])
  })

  it('says which variable is missing and goes on', () => {
    const [jail] = configuredJails(parseJailConf('a { h = "x$none"; }', '/j', nothing))
    expect(jail?.errors).toEqual(['a: h: variable "none" not found'])
  })

  it('includes, and names the file that is wrong', () => {
    expect(read('.include "/b"; a { }', whole)).toEqual(['name=b', 'name=a'])
    expect(() => read('.include "/b";', broken)).toThrow('/b: unexpected EOF')
  })

  it.each([
    ['a {\n x = 1;\n y\n}', '/j line 4: }: syntax error'],
    ['a { x = ; }', '/j line 1: ;: syntax error'],
    ['} a', '/j line 1: }: syntax error'],
    ['a { x = 1;', '/j: unexpected EOF'],
    ['a { x = "1; }', '/j: unexpected EOF'],
    ['a { x = 1 2; }', '/j line 1: 2: syntax error'],
  ])('%j is wrong', (text, message) => {
    expect(problem(text)).toBe(message)
  })

  it('knows the twins of switches', () => {
    expect(['allow.nomount', 'allow.mount.nodevfs', 'mount.nodevfs', 'nopersist', 'allow.mount', 'noallow.mount'].map(positive)).toEqual([
      'allow.mount',
      'allow.mount.devfs',
      'mount.devfs',
      'persist',
      'allow.mount',
      'noallow.mount',
    ])
  })

  it('quotes as jls does', () => {
    expect(['', 'a', 'a b', "it's", 'a"b', 'a\\b', 'lo1|10.0.0.1'].map(quoted)).toEqual([
      '""',
      'a',
      '"a b"',
      `"it's"`,
      `'a"b'`,
      String.raw`"a\\b"`,
      'lo1|10.0.0.1',
    ])
  })
})
