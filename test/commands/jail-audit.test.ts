import { describe, expect, it } from 'vitest'
import audit from '../../commands/jail/audit.ts'
import type { LookAnswer, ObservedFacts } from '../../src/core/host.ts'
import type { Dataset } from '../../src/core/jail.ts'
import { testFacts } from '../host/facts-helper.ts'
import { answerOf, jail, trashed } from './say.ts'

const day = 24 * 3600_000
const today = 20_000 * day
const closed = { '/usr/jails': 0o700, '/usr': 0o755 }
const dataset: Dataset = { name: 'zroot/blog', mountpoint: '/usr/jails/blog', isMounted: true, hasOwnMountpoint: false }

function said(stdout: string): LookAnswer {
  return { exitCode: 0, stdout, stderr: '' }
}

function found(observed: Partial<ObservedFacts>, args = {}): string[] {
  const { table } = answerOf(audit, args, {
    modes: closed,
    ...observed,
    looked: { now: said(`${today / 1000}\n`), host: said('15.1-RELEASE-p1\n'), ...observed.looked },
  })
  return (table?.rows ?? []).map((row) => row.join(' | '))
}

describe('jail audit', () => {
  it('finds nothing wrong with what is well', () => {
    expect(found({ jails: [jail()] })).toEqual([])
    expect(answerOf(audit, {}, { jails: [jail()] }).title).toBe('Nothing found wrong with one jail')
  })

  it.each([
    [0o755, 1],
    [0o711, 1],
    [0o750, 0],
    [0o700, 0],
  ])('looks at the mode %o of the folder of jails', (mode, count) => {
    const lines = found({
      jails: [jail(), jail({ name: 'shop', root: '/usr/jails/shop', address: '10.0.0.6', addresses: ['10.0.0.6'] })],
      modes: { '/usr/jails': mode, '/usr': 0o755 },
    })
    expect(lines).toHaveLength(count)
    if (count > 0) expect(lines[0]).toContain('2 jails | open | every user of the host can look into /usr/jails')
  })

  it('is content with a closed folder of one jail, and names the folder of all where it is open', () => {
    const inOwn = jail({ root: '/usr/local/bastille/jails/blog/root' })
    expect(found({ jails: [inOwn], modes: { '/usr/local/bastille/jails/blog': 0o700, '/usr/local/bastille/jails': 0o755 } })).toEqual([])
    const lines = found({ jails: [inOwn], modes: { '/usr/local/bastille/jails/blog': 0o755, '/usr/local/bastille/jails': 0o755 } })
    expect(lines.join()).toContain('chmod 0700 /usr/local/bastille/jails')
  })

  it('tells writable mounts from read-only ones', () => {
    const mounts = [
      { from: '/data', on: '/data', readOnly: false },
      { from: '/pub', on: '/pub', readOnly: true },
    ]
    expect(found({ jails: [jail({ mounts })] })).toEqual([expect.stringContaining('can write to /data of the host')])
  })

  it('finds an address that two jails have, or the host', () => {
    const two = [jail(), jail({ name: 'shop', root: '/usr/jails/shop' })]
    expect(found({ jails: two })).toEqual([
      expect.stringContaining('blog | open | has the address 10.0.0.5, and so has shop'),
      expect.stringContaining('shop | open | has the address 10.0.0.5, and so has blog'),
    ])
    expect(found({ jails: [jail({ vnet: true }), jail({ name: 'shop', root: '/usr/jails/shop' })] })).toEqual([])
    const ifconfig = 'em0: flags=8843\n\tinet 10.0.0.5 netmask 0xffffff00\nlo1: flags=8049\n\tinet 10.0.0.5 netmask 0xffffffff\n'
    expect(found({ jails: [jail()], looked: { interfaces: said(ifconfig) } })).toEqual([expect.stringContaining('the host itself')])
    const alias =
      'em0: flags=8843\n\tinet 192.0.2.1 netmask 0xffffff00\n\tinet 10.0.0.5 netmask 0xffffffff\nlo1: flags=8049\n\tinet 10.0.0.5\n'
    expect(found({ jails: [jail()], looked: { interfaces: said(alias) } })).toEqual([])
  })

  it.each([
    [6, 0],
    [8, 1],
  ])('asks for a snapshot where the newest is %i days old and there is ZFS', (age, count) => {
    const snapshots = [{ dataset: 'zroot/blog', name: 'x', createdAt: today - age * day, usedBytes: 1, clones: [] }]
    expect(found({ jails: [jail()], datasets: [dataset], snapshots })).toHaveLength(count)
    expect(found({ jails: [jail()], snapshots })).toEqual([])
  })

  it('finds a jail that was never kept', () => {
    expect(found({ jails: [jail()], datasets: [dataset] })).toEqual([expect.stringContaining('has no snapshot')])
  })

  it('knows a base that lacks patches, and one of an older release', () => {
    const looked = { 'userland blog': said('15.1-RELEASE\n') }
    expect(found({ jails: [jail()], looked })).toEqual([
      expect.stringContaining('its base is 15.1-RELEASE; this host knows of -p1 | /jail update blog'),
    ])
    const shared = jail({ manager: 'bastille', type: 'thin' })
    expect(found({ jails: [shared], looked }).join()).toContain('/release update 15.1-RELEASE manager:bastille')
    const old = jail({ release: '14.3-RELEASE', state: 'stopped' })
    expect(found({ jails: [old] })).toEqual([expect.stringContaining('this host knows of 15.1-RELEASE | /jail upgrade blog 15.1-RELEASE')])
    expect(found({ jails: [jail()], looked: { 'userland blog': said('$(reboot)\n') } })).toEqual([])
  })

  it('warns of what runs now and would not after a boot', () => {
    expect(found({ jails: [jail({ startsAtBoot: false })] })).toEqual([
      expect.stringMatching(/warning \| runs, but .*\/jail boot on blog$/),
    ])
    expect(found({ jails: [jail({ startsAtBoot: false, state: 'stopped' })] })).toEqual([expect.stringContaining('| note |')])
  })

  it.each([
    ['a name that is none', [jail({ name: 'Blog_1' })], 'lower-case'],
    [
      'names that fold into one',
      [jail({ name: 'a-b', address: '10.0.0.3', addresses: [] }), jail({ name: 'a_b', addresses: [] })],
      'the same name as a_b',
    ],
    ['two of one name', [jail({ addresses: [] }), jail({ manager: 'iocage', addresses: [] })], 'blog (iocage)'],
    ['a name that is a tag', [jail({ manager: 'bastille', tags: ['blog'] })], 'also a tag'],
    ['a beginning', [jail({ manager: 'iocage', addresses: [] }), jail({ name: 'blog2', manager: 'iocage', addresses: [] })], 'blog2'],
  ])('finds %s', (_, jails, words) => {
    expect(found({ jails }).join('\n')).toContain(words)
  })

  it('leaves beginnings alone where no manager takes them for names', () => {
    expect(found({ jails: [jail(), jail({ name: 'blog2', addresses: [] })] })).toEqual([])
  })

  it('finds what lies in the trash for too long, but not when asked for one jail', () => {
    const trash = [trashed({ name: 'old', destroyedAt: today - 31 * day }), trashed({ name: 'new', destroyedAt: today - day })]
    const observed = { jails: [jail(), jail({ name: 'shop', addresses: [] })], trash }
    expect(found(observed)).toEqual(['old | note | lies in the trash for 31 days | /jail purge old'])
    expect(found(observed, { jail: 'blog' })).toEqual([])
  })

  it('of what is not ours looks only at what others can reach, and counts it', () => {
    const theirs = jail({ ours: false, startsAtBoot: false, mounts: [{ from: '/data', on: '/data', readOnly: false }] })
    expect(found({ jails: [theirs], datasets: [dataset] })).toEqual([expect.stringContaining('can write to /data')])
    expect(answerOf(audit, {}, { jails: [theirs] }).fields).toContainEqual({
      name: 'Not made by jailops',
      value: expect.stringMatching(/^1/),
    })
    const { configuration: _none, ...service } = jail({ ours: false, root: '/' })
    expect(found({ jails: [service] })).toEqual([])
  })

  it('asks each running jail of ours what it is patched to, and no other', () => {
    const jails = [jail(), jail({ name: 'off', state: 'stopped' }), jail({ name: 'theirs', ours: false })]
    const looks = audit.risk === 'read' ? audit.looks?.({ args: {}, facts: testFacts({ jails }) }) : {}
    expect(Object.keys(looks ?? {}).filter((name) => name.startsWith('userland'))).toEqual(['userland blog'])
  })
})
