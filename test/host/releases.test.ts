import { describe, expect, it } from 'vitest'
import fetch from '../../commands/release/fetch.ts'
import type { LookAnswer, ObservedFacts } from '../../src/core/host.ts'
import type { Dataset, Release } from '../../src/core/jail.ts'
import type { Plan } from '../../src/core/plan.ts'
import { describeAction } from '../../src/core/describe-action.ts'
import { jail, planOf, request } from '../commands/say.ts'
import { refusal } from '../core/refusal.ts'
import { testFacts } from './facts-helper.ts'

const sha256 = 'a'.repeat(64)
const manifest: LookAnswer = { exitCode: 0, stdout: `base.txz\t${sha256}\t9\tbase\t"Base"\ton\n`, stderr: '' }
const looked = { manifest, units: { exitCode: 0, stdout: 'md0 md2\n', stderr: '' } }
const ours: Release = { manager: 'jail.conf', name: '15.1-RELEASE', path: '/usr/jails/.releases/15.1-RELEASE', patchLevel: '15.1-RELEASE' }

function dataset(name: string, more: Partial<Dataset> = {}): Dataset {
  return { name, mountpoint: name.replace(/^zroot/, ''), isMounted: true, hasOwnMountpoint: false, ...more }
}

function words(plan: Plan): string[] {
  return plan.steps.map(({ action }) => describeAction(action))
}

function fetched(args: Record<string, unknown>, observed: Partial<ObservedFacts> = {}): Plan {
  return planOf(fetch, { release: '15.1-RELEASE', ...args }, { looked, platform: 'amd64', ...observed })
}

function argvFor(args: Record<string, unknown>, platform = 'amd64'): string | undefined {
  if (fetch.risk !== 'change') return undefined
  const look = fetch.looks?.({ args: { release: '15.1-RELEASE', ...args }, facts: testFacts({ platform }) })['manifest']
  return look !== undefined && 'argv' in look ? look.argv.join(' ') : undefined
}

describe('a release for jail.conf', () => {
  it('comes from the mirror with its checksum in the plan, and gets its name last', () => {
    const plan = fetched({})
    const url = 'https://download.freebsd.org/releases/amd64/15.1-RELEASE'
    expect(plan.outcome).toContainEqual({ name: 'sha256 of base.txz', value: sha256 })
    expect(words(plan).slice(3)).toEqual([
      `fetch -qo /usr/jails/.releases/.fetch-${request}.txz ${url}/base.txz`,
      'check, change nothing',
      `tar -xpf /usr/jails/.releases/.fetch-${request}.txz -C /usr/jails/.releases/.new-${request}`,
      'check, change nothing',
      `rm -f /usr/jails/.releases/.fetch-${request}.txz`,
      `move /usr/jails/.releases/.new-${request} to /usr/jails/.releases/15.1-RELEASE`,
    ])
    expect(plan.steps[4]?.done).toMatchObject({ argv: ['sha256', '-q', `/usr/jails/.releases/.fetch-${request}.txz`], stdout: sha256 })
  })

  it('is a dataset with a snapshot to clone where its folder can be one', () => {
    const lines = words(fetched({}, { datasets: [dataset('zroot/usr/jails')] }))
    expect(lines).toEqual(
      expect.arrayContaining([
        'zfs create zroot/usr/jails/.releases',
        `zfs create zroot/usr/jails/.releases/.new-${request}`,
        `zfs snapshot zroot/usr/jails/.releases/.new-${request}@base`,
        `zfs rename zroot/usr/jails/.releases/.new-${request} zroot/usr/jails/.releases/15.1-RELEASE`,
      ]),
    )
    expect(lines.at(-1)).toContain('zfs rename')
  })

  it('hides no release that lies there already below a new dataset', () => {
    const old = { ...ours, name: '14.3-RELEASE', path: '/usr/jails/.releases/14.3-RELEASE' }
    expect(words(fetched({}, { datasets: [dataset('zroot/usr/jails')], releases: [old] })).join('\n')).not.toContain('zfs')
  })

  it.each([
    ['file:///srv/dist', '/srv/dist/base.txz'],
    ['/srv/dist/', '/srv/dist/base.txz'],
  ])('is unpacked right out of a folder: %s', (from, archive) => {
    expect(words(fetched({ from }))).toContain(`tar -xpf ${archive} -C /usr/jails/.releases/.new-${request}`)
  })

  it('comes off a disc that is attached, mounted, unmounted and detached again', () => {
    const plan = fetched({ from: '/srv/disc1.iso' })
    const disc = words(plan).filter((line) => /^(mdconfig|mount|umount)/.test(line))
    const folder = `/usr/jails/.disc-${request}`
    expect(disc).toEqual([
      'mdconfig -a -t vnode -u 1 -f /srv/disc1.iso',
      `mount -t cd9660 -o ro /dev/md1 ${folder}`,
      `umount ${folder}`,
      'mdconfig -d -u 1',
    ])
    expect(words(plan).at(-1)).toContain('.releases/15.1-RELEASE')
    expect(plan.resources).toContain('mdconfig')
  })

  it('asks for MANIFEST where it will come from, on the machine that it is for', () => {
    expect(argvFor({}, 'arm64/aarch64')).toBe('fetch -qo - https://download.freebsd.org/releases/arm64/aarch64/15.1-RELEASE/MANIFEST')
    expect(argvFor({ from: '/srv/dist' })).toBe('fetch -qo - file:///srv/dist/MANIFEST')
    expect(argvFor({ from: '/srv/d.iso' })).toBe('tar -xOf /srv/d.iso usr/freebsd-dist/MANIFEST')
  })

  it.each([
    ['release_exists', {}, { releases: [ours] }],
    ['host_not_ready', {}, { looked: { manifest: { exitCode: 1, stdout: '', stderr: 'fetch: …: Not Found\n' } } }],
    ['host_not_ready', {}, { looked: { manifest: { exitCode: 0, stdout: '<html>', stderr: '' } } }],
    ['bad_argument', { from: '/usr/jails/blog/tmp' }, { jails: [jail()] }],
    ['bad_argument', { from: '/usr/./jails/blog/tmp' }, { jails: [jail()] }],
    ['bad_argument', { from: '/srv/../etc' }, {}],
    ['bad_argument', { from: 'https://ana:secret@example.com/x' }, {}],
    ['bad_argument', { from: 'relative' }, {}],
    ['bad_argument', { release: '15.1-STABLE' }, {}],
    ['bad_argument', { release: '15.1-RELEASE/../..' }, {}],
  ])('is refused with %s for %o', (code, args, observed) => {
    expect(refusal(() => fetched(args, observed)).code).toBe(code)
  })

  it('warns where MANIFEST proves nothing', () => {
    expect(fetched({ from: 'http://mirror.example.com/15.1-RELEASE' }).remarks.join()).toContain('https')
    expect(fetched({}).remarks).toEqual([])
  })
})
