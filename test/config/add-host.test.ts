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
  ['braces', 'hosts: { web1: {} } # c\nbot: {}\n', { web1: {} }],
  ['braces with a comma', 'hosts: {\n  web1: {},\n  }\nbot: {}\n', { web1: {} }],
  ['empty braces', 'bot: {}\nhosts: {}', {}],
])('where there is %s', (_, text, hosts) => {
  it('one host more is meant, and nothing else', () => {
    const before: unknown = hosts ?? parse(text).hosts
    expect(parse(add(text) ?? '')).toEqual({ ...parse(text), hosts: { ...Object(before), web2: { ssh } } })
  })

  it('the text stays as it is before and behind what is put in', () => {
    const after = add(text) ?? ''
    const before = alike([...text], [...after])
    const behind = alike(Array.from(text.slice(before)).toReversed(), Array.from(after).toReversed())
    // in braces, the white space before the last one may be another
    expect(before + behind).toBeGreaterThanOrEqual(text.length - (text.includes('hosts: {') ? 4 : 0))
  })
})

it.each(['hosts: *x', 'a: &x {}\nhosts: *x', 'hosts: [', 'hosts:\n', 'hosts: web1', '? hosts\n: ? web1\n  : {}\n'])(
  '%j is left to a person, or right',
  (text) => {
    const after = add(text)
    if (after !== undefined) expect(parse(after).hosts).toMatchObject({ web2: { ssh } })
  },
)
