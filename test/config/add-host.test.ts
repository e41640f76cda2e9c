import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { addHost } from '../../src/config/add-host.ts'

const ssh = { address: '192.0.2.20', knownHosts: '/etc/jailops/known hosts # 1' }
const add = (text: string) => addHost(text, { name: 'web2', ssh, others: ['web1'] })

/** How many are the same from the first on. */
function alike(wanted: readonly string[], found: readonly string[]): number {
  const first = wanted.findIndex((character, index) => character !== found[index])
  return first === -1 ? wanted.length : first
}

describe.each([
  ['nothing', '', { web1: {} }],
  ['no hosts', '# a\nhost: { name: web1 } # b', { web1: {} }],
  ['one host', 'hosts:\n  web1:\nbot: {} # c\n', { web1: null }],
  ['no newline at the end', 'bot: {}\nhosts:\n  web1:', { web1: null }],
  ['comments around', 'hosts: # a\n    # b\n    web1: {} # c\n    # d\n\n# e\nbot: {}\n', { web1: {} }],
  [
    'settings of the last one',
    'hosts:\n  web1:\n    ssh:\n      address: a # b\n      permissions:\n        - x\n\n\nbot: {}\n',
    undefined,
  ],
  ['a text of several lines', 'hosts:\n  web1:\n    note: |\n      a\n      b\nbot: {}\n', undefined],
  ['nothing behind hosts', 'hosts:\nbot: {} # c\n', { web1: {} }],
  ['nothing behind hosts but comments', 'bot: {}\nhosts: # a\n  # b\n\n# c\nkeys: /k', { web1: {} }],
  ['nothing behind hosts, and nothing after it', 'bot: {}\nhosts:', { web1: {} }],
  ['braces', 'hosts: { web1: {} } # c\nbot: {}\n', { web1: {} }],
  ['braces with a comma', 'hosts: {\n  web1: {},\n  }\nbot: {}\n', { web1: {} }],
  ['empty braces', 'bot: {}\nhosts: {}', {}],
])('where there is %s', (_, text, hosts) => {
  it('one host more is meant, and nothing else', () => {
    const before: unknown = hosts ?? parse(text).hosts
    expect(parse(add(text) ?? '')).toEqual({ ...parse(text), hosts: { ...Object(before), web2: { ssh } } })
  })

  it('lines that end as on Windows stay so, and what is added ends so too', () => {
    const asOnWindows = (lines = '') => (text.includes('\n') ? lines.replaceAll('\n', '\r\n') : lines)
    expect(add(asOnWindows(text))).toBe(asOnWindows(add(text)))
  })

  it('the text stays as it is before and behind what is put in', () => {
    const after = add(text) ?? ''
    const before = alike([...text], [...after])
    const behind = alike(Array.from(text.slice(before)).toReversed(), Array.from(after).toReversed())
    // in braces, the white space before the last one may be another
    expect(before + behind).toBeGreaterThanOrEqual(text.length - (text.includes('hosts: {') ? 4 : 0))
  })
})

it('comments that stand deeper stay with the host that they are about', () => {
  const text = 'hosts:\n  web1:\n    ssh:\n      address: a\n\n    # layout:\n      # pool: x\n  # of all\nbot: {}\n'
  const after = add(text) ?? ''
  expect(after.split('  web2:')[0]).toBe(text.slice(0, text.indexOf('  # of all')))
  expect(after.endsWith('\n  # of all\nbot: {}\n')).toBe(true)
})

it.each([
  'hosts: null',
  'hosts: ~ # x',
  'a: {}\nhosts: !!null',
  '{ hosts: }',
  'hosts: &x',
  'hosts: *x',
  'a: &x {}\nhosts: *x',
  'hosts: [',
  'hosts: web1',
  '? hosts\n: ? web1\n  : {}\n',
])('%j is left to a person', (text) => {
  expect(add(text)).toBeUndefined()
})

it.each([
  ['hosts:\n', { web1: {}, web2: { ssh } }],
  ['hosts: # x', { web1: {}, web2: { ssh } }],
  ['"hosts":\n  "web1": {}\n', { web1: {}, web2: { ssh } }],
  ['hosts: {}\n', { web2: { ssh } }],
])('%j is added to, however uncommon', (text, hosts) => {
  expect(parse(add(text) ?? 'hosts: nothing')).toEqual({ hosts })
})
