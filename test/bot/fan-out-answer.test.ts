import { describe, expect, it } from 'vitest'
import { knownValues } from '../../src/bot/completion.ts'
import { answerOfAll, type HostAsked, type HostSaid } from '../../src/bot/fan-out-answer.ts'
import { answerSchema, type Answer } from '../../src/core/card.ts'
import { commands } from './bench-commands.ts'
import { incoming, policy, web1, web2 } from './bot-bench.ts'

type Said = Record<string, Answer | string | undefined>

/** Hosts with what they said: an answer, a refusal, or nothing. */
function merge(said: Said, more: { waitedSeconds?: number; away?: Record<string, number> } = {}): Answer {
  const hosts: HostAsked[] = Object.keys(said).map((name) => ({
    name,
    seenAt: more.away?.[name] ?? 1000,
    isAway: more.away?.[name] !== undefined,
  }))
  const heard = Object.entries(said).flatMap(([name, one]): [string, HostSaid][] => {
    if (one === undefined) return []
    return [[name, typeof one === 'string' ? { sentence: one } : { answer: one }]]
  })
  const { waitedSeconds } = more
  return answerOfAll({ line: 'x', hosts, said: new Map(heard), zone: 'UTC', ...(waitedSeconds !== undefined && { waitedSeconds }) })
}

const table = (columns: string[], ...rows: string[][]): Answer => ({ title: 'T', table: { columns, rows } })
const fields = (title: string, values: Record<string, string>): Answer => ({
  title,
  fields: Object.entries(values).map(([name, value]) => ({ name, value })),
})
const lines = ({ text }: Answer) => text?.split('\n') ?? []
const named = (count: number) => Array.from({ length: count }, (_, index) => `web${index + 1}`)

describe('tables', () => {
  it('of different columns keep all their cells, each under its own name', () => {
    const merged = merge({ a: table(['jail', 'state'], ['blog', 'up']), b: table(['jail', 'pool', 'state'], ['shop', 'z', 'down']) })
    expect(merged.table).toEqual({
      columns: ['Host', 'jail', 'state', 'pool'],
      rows: [
        ['a', 'blog', 'up', ''],
        ['b', 'shop', 'down', 'z'],
      ],
    })
  })

  it('with two columns of one name, or rows of other lengths, lose and shift nothing', () => {
    const merged = merge({ a: table(['n', 'n'], ['1', '2'], ['3']), b: table(['n', 'n'], ['4', '5', '6']) })
    expect(merged.table).toEqual({
      columns: ['Host', 'n', 'n'],
      rows: [
        ['a', '1', '2'],
        ['a', '3', ''],
        ['b', '4', '5'],
      ],
    })
  })

  it('without rows, and answers without a table, are said in words; hosts that say the same share a line', () => {
    const none = { ...table(['jail']), title: 'No jails yet' }
    const merged = merge({
      b: none,
      web10: none,
      web9: none,
      d: { title: 'HAProxy is not running', text: 'Start it.' },
      c: table(['jail'], ['blog']),
    })
    expect(merged.table?.rows).toEqual([['c', 'blog']])
    expect(lines(merged)).toEqual(['b, web9, web10: No jails yet', 'd: HAProxy is not running. Start it.'])
    expect(merge({ a: none })).toEqual({ title: '/x on 1 host', text: 'a: No jails yet' })
  })

  it('leave what stands beside them in fields', () => {
    const trash = (value: string): Answer => ({ ...table(['jail'], ['blog']), fields: [{ name: 'In the trash', value }] })
    expect(merge({ a: trash('old'), b: table(['jail'], ['shop']), c: trash('older') }).fields).toEqual([
      { name: 'In the trash', value: 'a: old\nc: older' },
    ])
  })
})

describe('fields', () => {
  it('become one row a host, under all names that any of them has', () => {
    const merged = merge({
      b: fields('FreeBSD 15.1', { Up: '3 days', Jails: '2' }),
      a: fields('FreeBSD 15.1', { Up: '1 day', Pool: 'z' }),
      c: { title: 'It has nothing to say' },
    })
    expect(merged.table).toEqual({
      columns: ['Host', 'Up', 'Jails', 'Pool'],
      rows: [
        ['b', '3 days', '2', ''],
        ['a', '1 day', '', 'z'],
      ],
    })
    expect(lines(merged)).toEqual(['a, b: FreeBSD 15.1', 'c: It has nothing to say'])
  })

  it('of hostile names are only names', () => {
    const hostile = ['__proto__', 'constructor', 'Host', '‮evil', '| a | b |\n---']
    const merged = merge({ a: { title: 'T', fields: hostile.map((name) => ({ name, value: `<${name}>` })) } })
    expect(merged.table).toEqual({ columns: ['Host', ...hostile], rows: [['a', ...hostile.map((name) => `<${name}>`)]] })
    expect(answerSchema.parse(merged)).toEqual(merged)
  })
})

describe('who said nothing', () => {
  it('is named as that, at the end with how long was waited', () => {
    expect(lines(merge({ b: undefined, a: undefined, c: undefined }, { away: { c: 0 } }))).toEqual([
      'Slow, not answered yet: a, b.',
      'Away, not answered yet, hours of UTC: c (never seen).',
    ])
    expect(merge({ a: undefined, b: 'No.' }, { waitedSeconds: 15 })).toEqual({
      title: '/x on 0 of 2 hosts',
      text: 'Slow, not answered within 15 s: a.\nLook whether the worker there runs, then ask again.\nb: No.',
    })
  })

  it('is counted after the first twenty', () => {
    const [line = ''] = lines(merge(Object.fromEntries(named(33).map((name) => [name, undefined]))))
    expect(line).toMatch(/^Slow, not answered yet: web1, web2, web3, .*, web20 and 13 more\.$/)
  })

  it('and who refuses with words of its own is counted after the first twenty too, each on one line', () => {
    const said = lines(merge(Object.fromEntries(named(33).map((name) => [name, `No  room on ${name}.\n`]))))
    expect([said.length, said[0], said.at(-1)]).toEqual([
      21,
      'web1: No room on web1.',
      '… and 13 more lines; ask one host alone by host:NAME.',
    ])
  })
})

describe('several lines', () => {
  const remedy = 'For nginx, type on the host:\npkg bootstrap -y   # once\n\n# or from ports\nmake -C /usr/ports/www/nginx\n'

  it('stay lines, under all hosts that say them', () => {
    const checked: Answer = { ...table(['subject'], ['nginx']), text: remedy }
    const merged = merge({ web1: checked, web2: { ...checked, text: 'All is well.' }, web3: checked })
    expect(lines(merged)).toEqual([
      'web1, web3:',
      '  For nginx, type on the host:',
      '  pkg bootstrap -y   # once',
      '  # or from ports',
      '  make -C /usr/ports/www/nginx',
      'web2: All is well.',
    ])
  })

  it('have the title above them where no row says it', () => {
    expect(lines(merge({ a: { title: 'It lacks one thing', text: 'Type:\npkg bootstrap' } }))).toEqual([
      'a:',
      '  It lacks one thing',
      '  Type:',
      '  pkg bootstrap',
    ])
  })

  it.each(['\n', '\r\n', '\u2028'])('cannot pass for what another host says, however they end: %j', (end) => {
    expect(lines(merge({ a: `No.${end}b: all is well` }))).toEqual(['a:', '  No.', '  b: all is well'])
  })

  it('are counted after twenty hosts, all of them', () => {
    const said = lines(merge(Object.fromEntries(named(22).map((name) => [name, `No.\nNot on ${name}.`]))))
    expect([said.length, said.at(-1)]).toEqual([61, '… and 6 more lines; ask one host alone by host:NAME.'])
  })
})

it.each([
  ['jail list', '', ['web1', 'web2', '*']],
  ['jail list', '*', ['*']],
  ['jail start', '', ['web1', 'web2']],
])('completion of the host of %s, typed %j', (command, typed, expected) => {
  const known = { commands, policy, hosts: [web1, web2], now: 0, hearingSince: 0, waiting: () => [] }
  const { actor } = incoming('ana', '')
  expect(knownValues({ command, argument: 'host', typed, actor }, known).map(({ value }) => value)).toEqual(expected)
})
