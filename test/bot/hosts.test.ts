import { describe, expect, it } from 'vitest'
import { complete } from '../../src/bot/completion.ts'
import { chooseHost, type KnownHost, spanText, summaryOf } from '../../src/bot/hosts.ts'
import { judge } from '../../src/bot/judge.ts'
import { refusal } from '../core/refusal.ts'
import { commands } from './bench-commands.ts'
import { incoming, policy, web1, web2 } from './bot-bench.ts'

const both = [web1, web2]
const now = 1_000_000_000
const here = (host: KnownHost): KnownHost => ({ ...host, seenAt: now - 12_000 })
const away = (host: KnownHost): KnownHost => ({ ...host, seenAt: now - 185_000 })
const never: KnownHost = { name: 'web9', seenAt: 0 }

const namings: Record<string, Record<string, 'new' | 'jail' | 'trashed'>> = {
  'jail create': { jail: 'new' },
  'jail restore': { jail: 'trashed' },
  'jail rename': { to: 'new' },
  'db copy': { to: 'jail' },
}
const choose = (path: string, args: Record<string, unknown>, channel?: string, named?: string) =>
  chooseHost(both, { command: { path, names: namings[path] ?? {} }, args, named, channel }).name

describe('the host of a channel', () => {
  it.each([
    ['counts where none is named', 'jail list', {}, 'web2', undefined, 'web2'],
    ['does not count where one is named', 'jail list', {}, 'web2', 'web1', 'web1'],
    ['counts where it has the jail as others do', 'jail stop', { jail: 'shop' }, 'web2', undefined, 'web2'],
    ['counts where nobody has the jail: the host itself says so', 'jail stop', { jail: 'neu' }, 'web2', undefined, 'web2'],
    ['gets what is to be made, whoever else has one of that name', 'jail create', { jail: 'blog' }, 'web2', undefined, 'web2'],
    ['counts where the new name is taken elsewhere', 'jail rename', { jail: 'shop', to: 'blog' }, 'web2', undefined, 'web2'],
    ['does not count where another holds what any argument names', 'db copy', { to: 'blog' }, undefined, undefined, 'web1'],
    ['is no host: as if there were none', 'jail stop', { jail: 'blog' }, 'web3', undefined, 'web1'],
  ])('%s', (_, path, args, channel, named, name) => {
    expect(choose(path, args, channel, named)).toBe(name)
  })

  it.each([
    ['jail', { jail: 'blog' }, 'has no jail blog'],
    ['site', { site: 'a.example.com' }, 'has no site a.example.com'],
  ])('without the %s that another host has: it is asked, and never guessed', (_, args, words) => {
    const { code, message } = refusal(() => choose('jail destroy', args, 'web2'))
    expect(code).toBe('which_host')
    expect(message).toBe(`web2, this channel's host, ${words}. It is on: web1. If you mean that one, add host:NAME.`)
  })

  it('without what another host has in its trash', () => {
    const { message } = refusal(() => choose('jail restore', { jail: 'old' }, 'web2'))
    expect(message).toContain('has no destroyed jail old. It is on: web1.')
  })

  it('is known by where it was said', () => {
    const context = {
      commands,
      policy,
      hosts: both,
      now,
      zone: 'UTC',
      hostOf: ({ channel }: { channel: string }) => (channel === 'ops' ? 'web2' : undefined),
    }
    expect(judge(incoming('ana', 'jail create neu'), context).host?.name).toBe('web2')
    const elsewhere = { ...incoming('ana', 'jail create neu'), place: { platform: 'web', channel: 'other' } }
    expect(refusal(() => judge(elsewhere, context)).code).toBe('which_host')
  })
})

describe('a host', () => {
  it.each([
    ['heard of', here(web1), 0, { isHere: true, isAway: false, seenAgoSeconds: 12, jails: 2, sites: 1 }],
    ['not heard of for long', away(web1), 0, { isHere: false, isAway: true, seenAgoSeconds: 185 }],
    ['not heard of by a bot that has just begun to listen', away(web1), now - 30_000, { isHere: false, isAway: false }],
    ['never heard of', never, 0, { isHere: false, isAway: true, jails: 0 }],
    ['in trouble', { ...here(web1), problem: 'jls failed' }, 0, { isHere: true, problem: 'jls failed', jails: 2 }],
  ])('%s', (_, host, since, expected) => {
    expect(summaryOf(host, now, since)).toMatchObject(expected)
  })

  it('never heard of was not seen some time ago', () => {
    expect(summaryOf(never, now)).not.toHaveProperty('seenAgoSeconds')
  })

  it.each([
    [999, '1 s'],
    [59_000, '59 s'],
    [60_000, '1 minute'],
    [185_000, '3 minutes'],
    [3 * 3_600_000, '3 hours'],
    [49 * 3_600_000, '2 days'],
  ])('%i ms are %s', (milliseconds, text) => {
    expect(spanText(milliseconds)).toBe(text)
  })
})

describe('completion', () => {
  const known = { commands, policy, hosts: [away(web1), never, here(web2)], now, hearingSince: 0, waiting: () => [] }
  const offered = (text: string) =>
    complete(text, incoming('ana', '').actor, known).map((one) => [one.text.slice(text.lastIndexOf(' ') + 1), one.hint])

  it('offers hosts that are here first, and says how each is', () => {
    expect(offered('jail start host:')).toEqual([
      ['host:web2 ', 'here, 2 jails'],
      ['host:web1 ', 'away for 3 minutes'],
      ['host:web9 ', 'not heard of yet'],
    ])
  })

  it('of many hosts it names two', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ ...web1, name: `web${index}`, seenAt: now }))
    const [first] = complete('jail start sh', incoming('ana', '').actor, { ...known, hosts: many })
    expect(first?.hint).toBe('on web0, on web1 and 298 more')
  })

  it('says on which hosts a jail is', () => {
    expect(offered('jail stop s')).toEqual([])
    expect(offered('jail start s')).toEqual([['shop ', 'on web1, on web2']])
  })
})
