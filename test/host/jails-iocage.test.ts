import { describe, expect, it } from 'vitest'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Dataset, Jail, NewJail } from '../../src/core/jail.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import { type Step, stepSchema } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { testFacts, testJail, testLayout } from './facts-helper.ts'
import { undoArgv } from '../support/undo-argv.ts'

const request = 'rabcdefghjkmnpqr'
const shop: NewJail = { name: 'shop', manager: 'iocage', address: '10.0.0.9', startsAtBoot: true, type: 'thin', vnet: false }

function dataset(path: string, origin?: string): Dataset {
  const place = { name: `zroot/iocage${path}`, mountpoint: `/iocage${path}`, isMounted: true, hasOwnMountpoint: false }
  return origin === undefined ? place : { ...place, origin }
}

const releases = ['9.3-RELEASE', '15.1-RELEASE', '15.0-RELEASE'].map((name) => dataset(`/releases/${name}/root`))
const onZfs: Partial<ObservedFacts> = {
  managers: [{ manager: 'jail.conf' }, { manager: 'iocage', startsJails: true }],
  datasets: [
    dataset('/jails'),
    dataset('/jails/blog'),
    dataset('/jails/blog/root', 'zroot/iocage/releases/15.1-RELEASE/root@blog'),
    ...releases,
  ],
}

function blog(changes: Partial<Jail> = {}): Jail {
  const name = changes.name ?? 'blog'
  return testJail(name, {
    manager: 'iocage',
    kernelName: `ioc-${name}`,
    root: `/iocage/jails/${name}/root`,
    isMarked: true,
    properties: { release: '15.1-RELEASE-p1', ip4_addr: 'lo1|10.0.0.2/32', host_hostuuid: name },
    ...changes,
  })
}

function jailsOf(observed: Partial<ObservedFacts> = {}, layout = testLayout) {
  return createDrivers(testFacts({ ...onZfs, ...observed }, layout)).jails
}

function said(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    const { action } = stepSchema.parse(step)
    return action.kind === 'run' ? [action.argv.join(' ')] : []
  })
}

function undone(steps: readonly Step[]): string[] {
  return steps.flatMap(({ undo = [] }) => undo.map((one) => undoArgv(one).join(' ')))
}

const code = (word: string) => expect.objectContaining({ code: word })

describe('a new jail of iocage', () => {
  it('is made of the newest release that was fetched, or of the one that is meant, and stays off until it is told', () => {
    expect(said(jailsOf().make(shop, request))).toEqual([
      `zfs rename zroot/iocage/releases/15.1-RELEASE/root@shop zroot/iocage/releases/15.1-RELEASE/root@shop.${request}`,
      'iocage create -n shop -r 15.1-RELEASE ip4_addr=lo1|10.0.0.9/32 boot=off',
    ])
    expect(said(jailsOf().make({ ...shop, release: '15.0-RELEASE', type: 'thick' }, request)).at(-1)).toBe(
      'iocage create -n shop -r 15.0-RELEASE -T ip4_addr=lo1|10.0.0.9/32 boot=off',
    )
  })

  it('is refused without a release, which iocage would fetch by itself, and without ZFS', () => {
    expect(() => jailsOf().make({ ...shop, release: '14.3-RELEASE' }, request)).toThrow(
      expect.objectContaining({
        code: 'host_not_ready',
        message: expect.stringMatching(/it has: 15\.1-RELEASE, 15\.0-RELEASE, 9\.3.*\/release fetch/),
      }),
    )
    expect(() => jailsOf({ datasets: [] }).make(shop, request)).toThrow(code('not_supported_by_driver'))
  })

  it('is taken back without iocage destroy, which takes clones of others along', () => {
    const back = undone(jailsOf().make(shop, request))
    expect(back.filter((line) => line.startsWith('zfs destroy'))).toEqual([
      'zfs destroy -r zroot/iocage/jails/shop',
      'zfs destroy -rf zroot/iocage/jails/shop',
      'zfs destroy zroot/iocage/releases/15.1-RELEASE/root@shop',
    ])
    expect(back.filter((line) => /^iocage destroy| -R\b/.test(line))).toEqual([])
  })

  it('has a network stack of its own only where there is a bridge to plug it in', () => {
    const vnet = { ...shop, vnet: true }
    expect(() => jailsOf().make(vnet, request)).toThrow(code('not_supported_by_driver'))
    expect(said(jailsOf({}, layoutSchema.parse({ bridge: 'bridge0' })).make(vnet, request)).at(-1)).toBe(
      'iocage create -n shop -r 15.1-RELEASE vnet=on interfaces=vnet0:bridge0 ip4_addr=vnet0|10.0.0.9/24 boot=off',
    )
  })
})

function set(property: string, value?: string, changes: Partial<Jail> = {}) {
  return jailsOf().set(blog(changes), property, value)
}

describe('a property', () => {
  it("may be spelt as jail(8) does, and is set by iocage in the file's own words", () => {
    const { steps, restart } = set('allow.mount.nullfs', 'yes')
    expect([said(steps), undone(steps), restart]).toEqual([
      ['iocage set allow_mount_nullfs=1 blog'],
      ['iocage set allow_mount_nullfs=0 blog'],
      false,
    ])
    expect(steps.at(-1)?.done).toMatchObject({ argv: ['jls', '-j', 'ioc-blog', 'allow.mount.nullfs'], stdout: 'true' })
    expect(set('devfs_ruleset', '5').restart).toBe(true)
    expect(set('priority', '5').restart).toBe(false)
  })

  it('is left as it is where it is that already, whoever says so', () => {
    expect(set('allow_raw_sockets', 'no').steps).toEqual([])
    expect(set('enforce_statfs', '2').steps).toEqual([])
    const defaults = { texts: { defaults: '{"allow_raw_sockets": 1}' } }
    expect(set('allow_raw_sockets', 'yes', defaults).steps).toEqual([])
    expect(said(set('allow_raw_sockets', 'no', defaults).steps)).toEqual(['iocage set allow_raw_sockets=0 blog'])
  })

  it.each([
    'nat',
    'nat_forwards',
    'nat.interface',
    'exec_prestart',
    'exec_poststop',
    'ip4_addr',
    'template',
    'vnet_interfaces',
    'jail_zfs_dataset',
  ])('%s is never set', (property) => expect(() => set(property, '1')).toThrow(code('bad_argument')))

  it('has a value that is looked at, since iocage looks only for letters in it', () => {
    expect(() => set('allow_raw_sockets', 'not on')).toThrow(code('bad_argument'))
    expect(() => set('enforce_statfs', '12')).toThrow(code('bad_argument'))
  })

  it('that the kernel would not take back is set of a stopped jail only', () => {
    expect(() => set('securelevel', '3')).toThrow(code('host_not_ready'))
    expect(said(set('securelevel', '3', { state: 'stopped' }).steps)).toEqual(['iocage set securelevel=3 blog'])
  })
})

describe('names', () => {
  it('with the letters ALL are never handed over', () => {
    expect(() => jailsOf().stop(blog({ name: 'SMALL' }))).toThrow(code('bad_argument'))
    expect(() => jailsOf().start(blog({ name: '-f' }))).toThrow(code('bad_argument'))
  })

  it.each(['start', 'stop'] as const)('are looked up as a whole before %s', (verb) => {
    const [first] = jailsOf()[verb](blog({ state: verb === 'start' ? 'stopped' : 'running' }))
    expect(first).toMatchObject({
      action: { kind: 'require' },
      done: { kind: 'path', path: '/iocage/jails/blog/config.json', exists: true },
    })
  })
})

describe('what a jail needs', () => {
  const database = blog({ name: 'database', state: 'stopped' })
  const needy = blog({ state: 'stopped', depends: ['database'] })

  it('must run before iocage would start it too, unasked', () => {
    const steps = jailsOf({ jails: [needy, database] }).start(needy)
    expect(said(steps)).toEqual(['iocage start blog'])
    expect(steps[0]).toMatchObject({ action: { kind: 'require' }, done: { kind: 'jail', name: 'ioc-database', running: true } })
  })

  it('must be there by its whole name', () => {
    const shops = jailsOf({ jails: [needy, blog({ name: 'database2' })] })
    expect(() => shops.start(needy)).toThrow(code('host_not_ready'))
    expect(() => shops.start({ ...needy, depends: [], properties: { depends: 'cache' } })).toThrow(code('host_not_ready'))
  })

  it('is one property, taken back to what it was', () => {
    const steps = jailsOf().depend(blog(), ['database', 'cache'])
    expect([said(steps), undone(steps)]).toEqual([['iocage set depends=database cache blog'], ['iocage set depends=none blog']])
  })
})

describe('at boot', () => {
  it('iocage itself is switched on only where that wakes nobody else', () => {
    const off = { managers: [{ manager: 'iocage', startsJails: false }] } as const
    const observed = (...jails: Jail[]) => jailsOf({ managers: [...off.managers], jails })
    expect(said(observed(blog()).boot(blog(), true))).toEqual(['sysrc iocage_enable=YES', 'iocage set boot=1 blog'])
    const other = blog({ name: 'other', properties: { boot: '1' } })
    expect(() => observed(blog(), other).boot(blog(), true)).toThrow(code('host_not_ready'))
    expect(observed(blog()).boot(blog(), false)).toEqual([])
  })
})

describe('a copy', () => {
  const copy = { ...shop, name: 'copy' }

  it('stops what runs for as long as it takes', () => {
    expect(said(jailsOf().clone(blog(), copy, request))).toEqual([
      'iocage stop blog',
      'iocage clone blog -n copy ip4_addr=lo1|10.0.0.9/32 boot=off',
      'iocage start blog',
    ])
  })

  it.each([
    ['a property', { properties: { exec_start: '/bin/sh /etc/rc' } }],
    ['a mount', { texts: { fstab: '/data/sh\t/iocage/jails/sh/root/data\tnullfs\tro\t0\t0 # Added by iocage\n' } }],
  ])('is refused where iocage would write its name into %s', (_, changes) => {
    expect(() => jailsOf().clone(blog({ name: 'sh', ...changes }), copy, request)).toThrow(code('not_supported_by_driver'))
  })

  it('may have mounts that name the jail only as what it is', () => {
    const texts = { fstab: '/data\t/iocage/jails/sh/root/data\tnullfs\tro\t0\t0\n' }
    expect(said(jailsOf().clone(blog({ name: 'sh', texts, properties: {} }), copy, request))).toContain('iocage start sh')
  })
})

describe('what is no jail, or has no base of its own', () => {
  it('a template is never started, moved or set', () => {
    const template = blog({ properties: { type: 'template' }, state: 'stopped' })
    for (const work of [() => jailsOf().start(template), () => jailsOf().parts(template), () => jailsOf().set(template, 'priority', '3')]) {
      expect(work).toThrow(code('not_supported_by_driver'))
    }
  })

  it('a basejail is not patched alone, nor one of which nobody knows what its base is', () => {
    const look = { looked: { packagedBase: { exitCode: 1, stdout: '', stderr: '' } } }
    expect(() => jailsOf(look).update(blog({ properties: { basejail: '1' } }), request)).toThrow(code('not_supported_by_driver'))
    expect(() => jailsOf(look).upgrade(blog(), 'latest', request)).toThrow(code('bad_argument'))
    expect(() => jailsOf().update(blog(), request)).toThrow(code('jail_stopped'))
    expect(() => jailsOf().upgrade(blog(), '15.1-RELEASE', request)).toThrow(code('jail_stopped'))
  })
})
