import { describe, expect, test } from 'vitest'
import { layoutSchema } from '../../../src/core/layout.ts'
import type { Route } from '../../../src/core/proxy.ts'
import { spliced } from '../../../src/host/proxy/adopt/splice.ts'
import { takeOver, type TakeOver } from '../../../src/host/proxy/adopt/take-over.ts'
import { testJail } from '../facts-helper.ts'

const layout = layoutSchema.parse({})
const jails = [
  testJail('blog', { address: '10.0.0.5' }),
  testJail('shop', { address: '10.0.0.6' }),
  testJail('theirs', { address: '10.0.0.7', ours: false }),
  testJail('mute', { address: '10.0.0.8', state: 'stopped' }),
]

const head = 'defaults\n  mode http\nfrontend http\n  bind *:80\n'
const backends = [
  'blog 10.0.0.5:80',
  'shop 10.0.0.6:3000',
  'theirs 10.0.0.7:80',
  'mute 10.0.0.8:80',
  'away 192.0.2.1:80',
  'named app.local:80',
].map((one) => {
  const [name = ''] = one.split(' ')
  return `backend ${name}\n  server ${one}\n`
})
const file = (rules: string, more = '') => `${head}${rules}\n${backends.join('')}${more}`

function of(text: string, more: { strangers?: 'theirs' | 'refused'; routes?: readonly Route[] } = {}): TakeOver | string {
  return takeOver(text, { kind: 'none' }, more.strangers, { layout, jails, routes: more.routes ?? [] })
}

function taken(text: string, more: Parameters<typeof of>[1] = {}): TakeOver {
  const found = of(text, more)
  if (typeof found === 'string') throw new Error(found)
  return found
}

const sites = ({ taken: all }: TakeOver) =>
  all.map(({ host, target }) => `${host} ${target.jail}${target.port === undefined ? '' : ` ${target.port}`}`)

describe('what is taken over', () => {
  test.each([
    [
      'a list and its rule',
      '  acl a hdr(host) -i A.example.com b.example.com\n  use_backend blog if a',
      ['a.example.com blog', 'b.example.com blog'],
    ],
    [
      'a list of two lines',
      '  acl a hdr(host) -i a.example.com\n  acl a req.hdr(Host) -m str b.example.com\n  use_backend blog if a',
      ['a.example.com blog', 'b.example.com blog'],
    ],
    ['a condition written out', '  use_backend shop if { hdr(host) -i a.example.com }', ['a.example.com shop 3000']],
    [
      'a list named like its backend',
      '  acl blog hdr(host) -i a.example.com\n  default_backend blog\n  use_backend blog if blog',
      ['a.example.com blog'],
    ],
  ])('%s', (_what, rules, expected) => {
    const text = file(rules)
    const found = taken(text)
    expect(sites(found)).toEqual(expected)
    expect(found.left).toEqual([])
    const after = spliced(text, found.pairs) ?? ''
    expect(after).not.toMatch(/^ {2}(acl|use_backend)/m)
    expect(after.length).toBe(text.length - found.pairs.reduce((sum, { remove }) => sum + remove.length, 0))
  })

  test('a list that something else asks for stays when its rule goes', () => {
    const text = file('  acl a hdr(host) -i a.example.com\n  http-request deny if !a\n  use_backend blog if a')
    expect(spliced(text, taken(text).pairs)).toBe(text.replace('  use_backend blog if a\n', ''))
  })
})

describe('what stays, and why', () => {
  test.each([
    ['a path', '  acl a path_beg /x\n  use_backend blog if a', /path_beg is more/],
    ['an expression', '  acl a hdr_reg(host) -i ^x\n  use_backend blog if a', /hdr_reg\(host\) is more/],
    ['an end of names', '  use_backend blog if { hdr_end(host) -i .example.com }', /hdr_end\(host\) is more/],
    ['a file of names', '  use_backend blog if { hdr(host) -i -f /etc/hosts.lst }', /-f means more/],
    ['a flag of matching', '  use_backend blog if { hdr(host) -m reg ^x }', /-m means more/],
    ['"or"', '  acl a hdr(host) -i a.example.com\n  acl b hdr(host) -i b.example.com\n  use_backend blog if a or b', /an "or"/],
    ['"not"', '  acl a hdr(host) -i a.example.com\n  use_backend blog if !a', /a "not"/],
    ['"unless"', '  acl a hdr(host) -i a.example.com\n  use_backend blog unless a', /begins with unless/],
    ['"and"', '  acl a hdr(host) -i a.example.com\n  use_backend blog if a { src 10.0.0.1 }', /more than one thing/],
    ['two conditions written out', '  use_backend blog if { hdr(host) -i a.example.com } { src 10.0.0.1 }', /more than one thing/],
    ['no condition', '  use_backend blog', /every host/],
    ['a backend that is worked out', '  use_backend %[path] if { hdr(host) -i a.example.com }', /worked out/],
    ['a name with a port', '  use_backend blog if { hdr(host) -i a.example.com:80 }', /a\.example\.com:80 is no host name/],
    ['quotes', '  use_backend blog if { hdr(host) -i "a.example.com" }', /quotes/],
    ['a jail that is not ours', '  use_backend theirs if { hdr(host) -i a.example.com }', /jail adopt theirs/],
    ['a jail that does not run', '  use_backend mute if { hdr(host) -i a.example.com }', /jail start mute/],
    ['no jail', '  use_backend away if { hdr(host) -i a.example.com }', /no jail has the address 192\.0\.2\.1/],
    ['a name of a server', '  use_backend named if { hdr(host) -i a.example.com }', /app\.local:80 is not the address/],
    ['no such backend', '  use_backend gone if { hdr(host) -i a.example.com }', /no backend gone/],
  ])('%s', (_what, rules, why) => {
    const found = taken(file(rules))
    expect(found.taken).toEqual([])
    expect(found.pairs).toEqual([])
    expect(found.left).toEqual([expect.stringMatching(why)])
  })

  test.each([
    ['server s 10.0.0.5:80 ssl verify none', /does not say ssl/],
    ['server s 10.0.0.5:80 check send-proxy', /does not say send-proxy/],
    ['server s 10.0.0.5:80\n  server t 10.0.0.6:80', /2 servers/],
    ['server s 10.0.0.5:80\n  http-request set-path /x', /http-request set-path/],
    ['server s 10.0.0.5:80\n  timeout server 10m', /timeout server/],
    ['mode tcp\n  server s 10.0.0.5:80', /not in mode http/],
  ])('a backend with %j', (lines, why) => {
    expect(taken(file('  use_backend b if { hdr(host) -i a.example.com }', `backend b\n  ${lines}\n`)).left).toEqual([
      expect.stringMatching(why),
    ])
  })

  test('what would get requests that another rule has now', () => {
    const found = taken(
      file(
        '  use_backend blog if { hdr(host) -i a.example.com }\n  use_backend away if { path_beg /x }\n  use_backend blog if { hdr(host) -i b.example.com }',
      ),
    )
    expect(sites(found)).toEqual(['a.example.com blog'])
    expect(found.left.at(-1)).toMatch(/comes after line 6/)
  })

  test('what can never be reached, since the name is routed before', () => {
    const found = taken(
      file(
        '  use_backend away if { hdr(host) -i a.example.com }\n  use_backend blog if { hdr(host) -i A.example.com }\n  use_backend blog if { hdr(host) -i b.example.com }',
      ),
      {
        routes: [{ host: 'b.example.com', backend: 'jail_shop', targets: [] }],
      },
    )
    expect(found.taken).toEqual([])
    expect(found.left.slice(1)).toEqual([
      expect.stringContaining('a.example.com is routed already'),
      expect.stringContaining('b.example.com is routed already'),
    ])
  })

  test('other frontends', () => {
    expect(taken(file('', 'frontend tls\n  bind *:443 ssl crt /x\n')).left).toEqual([expect.stringContaining('frontend tls stays')])
  })
})

describe('files that are left alone', () => {
  test.each([
    [
      'listens elsewhere',
      'defaults\n mode http\nfrontend f\n bind 192.0.2.1:80\n bind *:8080\n bind *:80 ssl crt /x\n',
      /listens at 127\.0\.0\.1:80.*f at 192\.0\.2\.1:80/,
    ],
    ['mode tcp', 'frontend f\n bind *:80\n', /not in mode http/],
    [
      'mode tcp by the defaults that it names',
      'defaults a\n mode tcp\ndefaults b\n mode http\nfrontend f from a\n bind *:80\n',
      /not in mode http/,
    ],
    ['a name that we need', `${head}backend jail_blog\n`, /line 5 has the name jail_blog/],
    ['sc1', `${head} http-request track-sc1 src\n`, /sc1/],
    ['default-path', `global\n default-path config\n${head}`, /default-path/],
    ['.if', `${head}.if defined(X)\n.endif\n`, /line 5 \(\.if\)/],
    ['an open quote', `${head} acl a "b\n`, /line 5/],
  ])('%s', (_what, text, why) => {
    expect(of(text)).toMatch(why)
  })

  test('where strangers shall be refused and a rule is left', () => {
    expect(of(file('  use_backend away if { path_beg /x }'), { strangers: 'refused' })).toMatch(/only when nobody is left/)
    expect(taken(file('  use_backend blog if { hdr(host) -i a.example.com }'), { strangers: 'refused' }).block[0]?.insert).toContain(
      'use_backend none',
    )
  })

  test.each(['*:80', ':80', '0.0.0.0:80', '127.0.0.1:80', '192.0.2.1:80,127.0.0.1:80', '*:70-90', 'ipv4@*:80'])(
    'but not one that listens at %s',
    (place) => {
      expect(of(`defaults\n mode http\nfrontend f\n bind ${place}\n`)).toBeTypeOf('object')
    },
  )
})
