import { describe, expect, it } from 'vitest'
import fetch from '../../commands/release/fetch.ts'
import list from '../../commands/release/list.ts'
import remove from '../../commands/release/remove.ts'
import update from '../../commands/release/update.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Dataset, Manager, Release } from '../../src/core/jail.ts'
import type { Plan } from '../../src/core/plan.ts'
import { describeAction } from '../../src/core/describe-action.ts'
import { answerOf, jail, planOf, request, trashed } from '../commands/say.ts'
import { refusal } from '../core/refusal.ts'

const paths: Record<Manager, string> = {
  'jail.conf': '/usr/jails/.releases/15.1-RELEASE',
  bastille: '/usr/local/bastille/releases/15.1-RELEASE',
  iocage: '/iocage/releases/15.1-RELEASE',
  ezjail: '/usr/jails/basejail',
}

function release(manager: Manager, more: Partial<Release> = {}): Release {
  return { manager, name: '15.1-RELEASE', path: paths[manager], patchLevel: '15.1-RELEASE-p1', ...more }
}

function dataset(mountpoint: string, more: Partial<Dataset> = {}): Dataset {
  return { name: `zroot${mountpoint}`, mountpoint, isMounted: true, hasOwnMountpoint: false, ...more }
}

function words(plan: Plan): string[] {
  return plan.steps.map(({ action }) => describeAction(action))
}

function undoWords(plan: Plan): string[] {
  return plan.steps.flatMap(({ undo = [] }) => undo.map(({ action }) => describeAction(action)))
}

function removing(observed: Partial<ObservedFacts>, more: Record<string, unknown> = {}): Plan {
  return planOf(remove, { release: '15.1-RELEASE', ...more }, observed)
}

function updating(manager: Manager, observed: Partial<ObservedFacts> = {}): Plan {
  return planOf(update, { release: '15.1-RELEASE' }, { releases: [release(manager)], ...observed })
}

function fetchInstall(path: string): string {
  return `env PAGER=cat freebsd-update -b ${path} --currently-running 15.1-RELEASE-p1 --not-running-from-cron fetch install`
}

describe('release fetch for another manager', () => {
  it('is its own tool, checked on the disk, and taken back by it and by other means', () => {
    const plan = planOf(fetch, { release: '15.1-RELEASE', manager: 'bastille' })
    expect(words(plan)).toContain('bastille bootstrap 15.1-RELEASE')
    expect(plan.steps.at(-1)?.done).toEqual({ kind: 'path', path: `${paths.bastille}/bin/freebsd-version`, exists: true })
    expect(undoWords(plan)).toEqual(
      expect.arrayContaining([
        'bastille destroy -y 15.1-RELEASE',
        `rm -x -rf ${paths.bastille}`,
        'rm -x -rf /usr/local/bastille/cache/15.1-RELEASE',
      ]),
    )
    expect(plan.resources).toContain('manager:bastille')
  })

  it('gives iocage its pool first where it has none yet', () => {
    const fresh = planOf(fetch, { release: '15.1-RELEASE', manager: 'iocage' }, { datasets: [dataset('/usr')] })
    expect(words(fresh)).toEqual(expect.arrayContaining(['iocage activate zroot', 'iocage fetch -r 15.1-RELEASE --noeol']))
    const later = planOf(fetch, { release: '15.1-RELEASE', manager: 'iocage' }, { datasets: [dataset('/iocage')] })
    expect(words(later).join()).not.toContain('activate')
    expect(undoWords(later)).toEqual([
      'zfs destroy -r zroot/iocage/releases/15.1-RELEASE',
      'zfs destroy -r zroot/iocage/download/15.1-RELEASE',
    ])
  })

  it("installs ezjail's base from a disc as from a mirror", () => {
    const manifest = { exitCode: 0, stdout: `base.txz\t${'a'.repeat(64)}\t9\n`, stderr: '' }
    const looked = { manifest, units: { exitCode: 0, stdout: '', stderr: '' } }
    const sets = `file:///usr/jails/.disc-${request}/usr/freebsd-dist`
    expect(words(planOf(fetch, { release: '15.1-RELEASE', manager: 'ezjail', from: '/srv/disc1.iso' }, { looked }))).toContain(
      `ezjail-admin install -r 15.1-RELEASE -h ${sets}`,
    )
    expect(words(planOf(fetch, { release: '15.1-RELEASE', manager: 'ezjail' })).join()).toContain('-h https://download.freebsd.org')
  })

  it.each([
    ['not_supported_by_driver', 'bastille', { from: 'https://example.com/x' }, {}],
    ['not_supported_by_driver', 'iocage', { from: 'https://example.com/x' }, { datasets: [dataset('/iocage')] }],
    ['host_not_ready', 'iocage', {}, {}],
    ['host_not_ready', 'iocage', {}, { datasets: [dataset('/usr'), dataset('', { name: 'tank/usr', mountpoint: '/tank' })] }],
    ['release_exists', 'ezjail', {}, { releases: [release('ezjail')] }],
    ['not_supported_by_driver', 'ezjail', {}, { releases: [release('ezjail', { name: '14.3-RELEASE' })] }],
  ])('is refused with %s for %s', (code, manager, args, observed) => {
    const manifest = { exitCode: 0, stdout: `base.txz\t${'a'.repeat(64)}\t9\n`, stderr: '' }
    expect(refusal(() => planOf(fetch, { release: '15.1-RELEASE', manager, ...args }, { looked: { manifest }, ...observed })).code).toBe(
      code,
    )
  })
})

describe('release remove', () => {
  it('takes a folder from its place before it is emptied, and stays on one filesystem', () => {
    const lines = words(removing({ releases: [release('jail.conf')] }))
    const aside = `/usr/jails/.releases/.old-${request}`
    expect(lines).toEqual([
      'check, change nothing',
      `move ${paths['jail.conf']} to ${aside}`,
      `chflags -R noschg ${aside}`,
      `rm -x -rf ${aside}`,
    ])
  })

  it('destroys a dataset by its full name', () => {
    const conf = { releases: [release('jail.conf')], datasets: [dataset(paths['jail.conf'])] }
    expect(words(removing(conf))).toEqual(['zfs destroy -r zroot/usr/jails/.releases/15.1-RELEASE'])
    const iocage = { releases: [release('iocage')], datasets: [dataset(paths.iocage), dataset('/iocage/download/15.1-RELEASE')] }
    expect(words(removing(iocage))).toEqual([
      'zfs destroy -r zroot/iocage/releases/15.1-RELEASE',
      'zfs destroy -r zroot/iocage/download/15.1-RELEASE',
    ])
  })

  it('says before it is approved that there is no way back', () => {
    for (const manager of ['jail.conf', 'bastille', 'ezjail'] as const) {
      expect(removing({ releases: [release(manager)] }).steps.at(-1)?.final).toContain('fetched again')
    }
  })

  it.each([
    ['a thin jail', { jails: [jail({ manager: 'bastille', type: 'thin', release: '15.1-RELEASE' })] }, 'bastille', 'blog'],
    ['any jail of ezjail', { jails: [jail({ manager: 'ezjail' })] }, 'ezjail', 'blog'],
    [
      'a clone',
      {
        jails: [jail()],
        datasets: [dataset(paths['jail.conf']), dataset('/usr/jails/blog', { origin: 'zroot/usr/jails/.releases/15.1-RELEASE@base' })],
      },
      'jail.conf',
      'blog',
    ],
    [
      'a clone in the trash',
      {
        datasets: [
          dataset(paths.iocage),
          dataset('/x', { name: 'zroot/jailops-trash/old.r1', origin: 'zroot/iocage/releases/15.1-RELEASE/root@old', isMounted: false }),
        ],
      },
      'iocage',
      'zroot/jailops-trash/old.r1',
    ],
    [
      'a jail that left its manager and mounts it still',
      { jails: [jail({ type: 'thin', mounts: [{ from: paths.bastille, on: '/.bastille', readOnly: true }] })] },
      'bastille',
      'blog',
    ],
    ['what may share it in the trash', { trash: [trashed({ name: 'old', manager: 'bastille' })] }, 'bastille', 'old'],
  ] satisfies [string, Partial<ObservedFacts>, Manager, string][])('is refused while %s needs it', (_, observed, manager, name) => {
    const found = refusal(() => removing({ ...observed, releases: [release(manager)] }))
    expect(found).toMatchObject({ code: 'release_in_use', message: expect.stringContaining(name) })
  })

  it('leaves copies out of it, and never takes the base of new jails', () => {
    const thick = jail({ manager: 'bastille', type: 'thick', release: '15.1-RELEASE' })
    expect(words(removing({ jails: [thick], releases: [release('bastille')] }))).toEqual(['bastille destroy -y 15.1-RELEASE'])
    const base = release('jail.conf', { name: 'base', path: '/usr/jails/.base' })
    expect(refusal(() => planOf(remove, { release: 'base' }, { releases: [base] })).code).toBe('bad_argument')
  })

  it('asks which, where two managers have it, and knows no other', () => {
    const both = [release('jail.conf'), release('bastille')]
    expect(refusal(() => removing({ releases: both })).code).toBe('missing_argument')
    expect(words(removing({ releases: both }, { manager: 'bastille' }))).toEqual(['bastille destroy -y 15.1-RELEASE'])
    expect(refusal(() => removing({ releases: [] })).code).toBe('unknown_release')
  })
})

describe('release update', () => {
  it('goes back to a snapshot on ZFS, and lets new thin jails have the patches', () => {
    const path = paths['jail.conf']
    const at = `zroot${path}`
    const plan = updating('jail.conf', {
      datasets: [dataset(path)],
      snapshots: [{ dataset: at, name: 'base', createdAt: 1, usedBytes: 1, clones: ['zroot/usr/jails/blog'] }],
    })
    expect(words(plan)[0]).toMatch(/ fetch$/)
    expect(words(plan).slice(1)).toEqual([
      `zfs snapshot ${at}@jailops-before-update-${request}`,
      fetchInstall(path),
      'check, change nothing',
      `grep ^USERLAND_VERSION= ${path}/bin/freebsd-version`.replace('^USERLAND_VERSION=', "'^USERLAND_VERSION='"),
      `zfs rename ${at}@base ${at}@base-until-${request}`,
      `zfs snapshot ${at}@base`,
    ])
    expect(plan.steps.filter(({ final }) => final !== undefined)).toEqual([])
    expect(undoWords(plan)).toContain(`zfs rollback -r ${at}@jailops-before-update-${request}`)
  })

  it('fetches first and says that there is no way back where there is no ZFS', () => {
    const plan = updating('ezjail', { jails: [jail({ manager: 'ezjail' })] })
    expect(words(plan)[0]).toMatch(/ fetch$/)
    expect(words(plan)[1]).toBe(fetchInstall(paths.ezjail))
    expect(plan.steps.map(({ final }) => final !== undefined)).toEqual([false, true, false, false])
    expect(plan.remarks.join()).toContain('restart them after it')
  })

  it('is the same for bastille, whose own says 0 in any case, and refused for iocage with what to use', () => {
    expect(words(updating('bastille'))[1]).toBe(fetchInstall(paths.bastille))
    expect(refusal(() => updating('iocage')).message).toContain('/jail update')
  })

  it('is refused where nobody knows what lies there', () => {
    const { patchLevel: _unknown, ...bare } = release('jail.conf')
    expect(refusal(() => updating('jail.conf', { releases: [bare] })).code).toBe('host_not_ready')
  })
})

describe('release list', () => {
  it('says which jails use which', () => {
    const users = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => jail({ name, manager: 'ezjail' }))
    const answer = answerOf(list, {}, { jails: users, releases: [release('ezjail'), release('bastille')] })
    expect(answer.table?.rows).toEqual([
      ['15.1-RELEASE', 'ezjail', '15.1-RELEASE-p1', 'a, b, c, d, e and 2 more', paths.ezjail],
      ['15.1-RELEASE', 'bastille', '15.1-RELEASE-p1', '-', paths.bastille],
    ])
    expect(answerOf(list, { manager: 'bastille' }, { releases: [release('ezjail')] }).title).toBe('No releases yet')
  })
})
