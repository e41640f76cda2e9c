import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/card.ts'
import type { HostSummary } from '../../src/core/command.ts'
import hostAdd from '../../commands/host/add.ts'
import hostList from '../../commands/host/list.ts'
import hostStatus from '../../commands/host/status.ts'
import { refusal } from '../core/refusal.ts'
import { answerOf, botAnswer } from './say.ts'

const heartbeat = {
  version: '0.1.0',
  system: 'FreeBSD 15.1-RELEASE-p1',
  uptime: '3 days',
  load: 0.5,
  freeMegabytes: 900,
  jailsRunning: 2,
  reachedBy: 'local',
} as const
const seenAt = Date.parse('2026-11-24T14:02:30Z')
const web1: HostSummary = { name: 'web1', seenAt, seenAgoSeconds: 12, isHere: true, isAway: false, jails: 4, sites: 3, heartbeat }
const web2: HostSummary = {
  ...web1,
  name: 'web2',
  heartbeat: { ...heartbeat, version: '0.0.9', reachedBy: 'ssh' },
  isHere: false,
  isAway: true,
  seenAgoSeconds: 7300,
}
const web3: HostSummary = { name: 'web3', seenAt: 0, isHere: false, isAway: true, jails: 0, sites: 0 }

const list = (...hosts: HostSummary[]): Promise<Answer> => botAnswer(hostList, {}, { hosts })

describe('host list', () => {
  it('has a row for each host, in its order', async () => {
    const { title, table } = await list(web2, web1, web3)
    expect(title).toBe('3 hosts, 1 here')
    expect(table?.rows).toEqual([
      ['web2', 'away since 2026-11-24 14:02 UTC', '15.1-RELEASE-p1', '0.0.9', '0.50', '2 running of 4', '3', '2 h ago', 'ssh'],
      ['web1', 'here', '15.1-RELEASE-p1', '0.1.0', '0.50', '2 running of 4', '3', '12 s ago', 'local'],
      ['web3', 'never heard of', '-', '-', '-', '-', '-', '-', '-'],
    ])
    expect(table?.columns).toHaveLength(9)
  })

  it('says whose version is another than the bot’s, and only theirs', async () => {
    expect((await list(web1, web2, web3)).text).toMatch(/than the bot's \(0\.1\.0\): web2 \(0\.0\.9\)\./)
    expect((await list(web1, web3)).text).toBeUndefined()
  })

  it.each([
    [59, '59 s ago'],
    [61, '1 min ago'],
    [3600, '1 h ago'],
    [60 * 3600, '2 days ago'],
  ])('%i s are %s', async (seenAgoSeconds, text) => {
    expect((await list({ ...web1, seenAgoSeconds })).table?.rows[0]).toContain(text)
  })

  it('of a bot that has just begun to listen calls nobody away', async () => {
    expect((await list({ ...web3, isAway: false })).table?.rows[0]).toContain('not heard of yet')
  })

  it('nor here, as long as it was not heard of', async () => {
    const { title, table } = await list(web1, { ...web2, isAway: false })
    expect(title).toBe('2 hosts, 1 here')
    expect(table?.rows[1]).toContain('not heard of since the bot started')
  })

  it('says what keeps a host from saying what it has', async () => {
    const { title, text, table } = await list({ ...web1, problem: 'jls failed.' }, { ...web2, problem: 'long ago' })
    expect([title, table?.rows[0]?.[1]]).toEqual(['2 hosts, 1 here', 'here, in trouble'])
    expect(text).toContain('web1 cannot say what it has, so its jails and sites are those of before: jls failed.')
    expect(text).not.toContain('long ago')
  })

  it('without hosts says how to add one', async () => {
    expect(await list()).toMatchObject({ title: 'No hosts yet', text: expect.stringContaining('/host add') })
  })
})

const add = (args: Record<string, unknown>, ...hosts: HostSummary[]) => botAnswer(hostAdd, args, { hosts })

describe('host add', () => {
  it('says both ways with the real names in them, and that it did nothing', async () => {
    const { text = '' } = await add({ name: 'web2', address: '192.0.2.20' }, web1)
    for (const words of [
      'Nothing was added',
      'jailops host add web2 --address 192.0.2.20 --known-hosts KNOWN_HOSTS --identity IDENTITY',
      'hosts: { web1: {}, web2: {} }',
      'jailops host enroll web2',
      "jailops host enroll bot --trust 'LINE'",
      'host: { name: web2 }',
    ])
      expect(text).toContain(words)
    expect(text).not.toMatch(/undefined|\[object|[“”‘]/)
  })

  it('leaves the address open where none is named', async () => {
    expect((await add({ name: 'web2' })).text).toContain('--address ADDRESS')
  })

  it.each([
    [web1, '/host list'],
    [web3, 'never heard of'],
  ])('refuses a name that is taken: $name', async (host, words) => {
    await expect(add({ name: host.name }, host)).rejects.toMatchObject({ code: 'bad_argument', message: expect.stringContaining(words) })
  })

  it.each([
    { name: '..' },
    { name: '-rf' },
    { name: 'a;b' },
    { name: 'Web' },
    { name: 'web2', address: '-oProxyCommand=x' },
    { name: 'web2', address: 'a b' },
  ])('refuses %j', (args) => {
    expect(refusal(() => void add(args)).code).toBe('bad_argument')
  })
})

const loadIn = (answer: Answer) => answer.fields?.find(({ name }) => name === 'Load')?.value

it('host status shows the load, or that it is not known', () => {
  const host = { version: '15.1', uptime: '1 day', load: 0.5, securelevel: '1', freeMegabytes: 1, jailsRunning: 0 }
  expect(loadIn(answerOf(hostStatus, {}, { host }))).toBe('0.50')
  expect(loadIn(answerOf(hostStatus, {}))).toBe('unknown')
})
