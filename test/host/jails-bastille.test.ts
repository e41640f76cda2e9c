import { describe, expect, it } from 'vitest'
import type { ObservedFacts } from '../../src/core/host.ts'
import { type Jail, jailPartsSchema, type NewJail } from '../../src/core/jail.ts'
import { jailName } from '../../src/core/names.ts'
import { type Step, stepSchema } from '../../src/core/step.ts'
import { createBastilleDriver } from '../../src/host/jails/bastille/driver.ts'
import { testFacts, testJail } from './facts-helper.ts'
import { undoArgv } from '../support/undo-argv.ts'

/* What the driver plans; carried out it is in jails-bastille-lab.test.ts. */

const jails = '/usr/local/bastille/jails'
const request = 'rabcdefghjkmnpqr'
const release = { manager: 'bastille', name: '15.1-RELEASE', path: '/usr/local/bastille/releases/15.1-RELEASE' } as const

function blog(more: Partial<Jail> = {}): Jail {
  return testJail('blog', {
    manager: 'bastille',
    isMarked: true,
    type: 'thin',
    release: '15.1-RELEASE',
    root: `${jails}/blog/root`,
    configuration: `${jails}/blog/jail.conf`,
    properties: { 'ip4.addr': 'lo1|10.0.0.2', boot: 'on' },
    ...more,
  })
}

function driver(more: Partial<ObservedFacts> = {}) {
  const managers = [{ manager: 'jail.conf' }, { manager: 'bastille', startsJails: true }] as const
  return createBastilleDriver(testFacts({ managers: [...managers], releases: [release], ...more }))
}

const shop: NewJail = { name: 'shop', manager: 'bastille', address: '10.0.0.9', startsAtBoot: true, type: 'thin', vnet: false }
const pool = ['', '/blog', '/blog/root'].map((place) => ({
  name: `zroot/bastille/jails${place}`,
  mountpoint: `${jails}${place}`,
  isMounted: true,
  hasOwnMountpoint: false,
}))

function archive(manager: 'bastille' | 'iocage' | 'ezjail', type: 'thin' | 'thick') {
  const jail = { name: 'old', manager, type, startsAtBoot: true }
  return driver({ archives: [{ name: 'old', path: '/a.txz', bytes: 1, madeAt: 1, jail }] })
}

function commands(steps: readonly Step[]): string[] {
  return steps.flatMap(({ action }) => (action.kind === 'run' ? [action.argv.join(' ')] : []))
}

function undone(steps: readonly Step[]): string[] {
  return steps.flatMap(({ undo = [] }) => undo.map((one) => undoArgv(one).join(' ')))
}

describe('making', () => {
  it('is by its full name, never at boot yet, on the interface of the layout', () => {
    expect(commands(driver().make(shop, request))).toEqual([
      'bastille create --no-boot shop 15.1-RELEASE 10.0.0.9 lo1',
      `jail -f ${jails}/shop/jail.conf -r shop`,
    ])
    expect(commands(driver().make({ ...shop, type: 'thick' }, request))[0]).toBe(
      'bastille create --no-boot -T shop 15.1-RELEASE 10.0.0.9 lo1',
    )
  })

  it('takes the newest release unless one is named, and says how to fetch one', () => {
    const releases = ['9.3-RELEASE', '15.1-RELEASE', '14.3-RELEASE'].map((name) => ({ ...release, name }))
    expect(commands(driver({ releases }).make(shop, request))[0]).toContain(' 15.1-RELEASE ')
    expect(commands(driver({ releases }).make({ ...shop, release: '14.3-RELEASE' }, request))[0]).toContain(' 14.3-RELEASE ')
    expect(driver({ releases }).expected(shop).release).toBe('15.1-RELEASE')
    expect(() => driver({ releases: [] }).make(shop, request)).toThrow('/release fetch 15.1-RELEASE manager:bastille')
    expect(() => driver({ releases }).make({ ...shop, release: '13.5-RELEASE' }, request)).toThrow(
      'no 13.5-RELEASE on this host (there is: 9.3',
    )
  })

  it('is undone by its own destroy only while bastille would know the jail by its full name', () => {
    const create = driver()
      .make(shop, request)
      .find(({ undo }) => undo !== undefined)
    const [destroy, ...others] = create?.undo ?? []
    expect(destroy).toEqual({
      action: { kind: 'run', argv: ['bastille', 'destroy', '-a', '-f', '-y', 'shop'], timeoutSeconds: 600 },
      unless: { kind: 'path', path: `${jails}/shop/jail.conf`, exists: false },
      mayFail: true,
    })
    expect(others.every(({ unless }) => unless !== undefined)).toBe(true)
    expect(undone(driver().make(shop, request))).toContain(`rm -x -rf ${jails}/shop`)
    expect(undone(driver().make(shop, request)).join()).not.toContain('zfs')
    expect(undone(driver({ datasets: pool }).make(shop, request))).toContain('zfs destroy -r zroot/bastille/jails/shop')
  })

  it('never begins where a folder is in the way', () => {
    const [folder, place] = driver().make(shop, request)
    expect(folder).toMatchObject({ action: { kind: 'require' }, done: { stdout: jails } })
    expect(place).toMatchObject({ action: { kind: 'require' }, done: { kind: 'path', path: `${jails}/shop`, exists: false } })
  })

  it('is refused where bastille would take the name for a part of one that somebody needs', () => {
    const needing = blog({ depends: ['shop-data'] })
    expect(() => driver({ jails: [needing] }).make(shop, request)).toThrow('blog needs shop-data, and bastille takes shop for one of these')
    expect(() => driver({ jails: [needing] }).rename(blog({ name: 'mail' }), 'data')).toThrow('Choose another name')
    expect(driver({ jails: [needing] }).make({ ...shop, name: 'shopping' }, request).length).toBeGreaterThan(3)
  })

  it('is refused for what jailops does not do with bastille', () => {
    expect(() => driver().make({ ...shop, vnet: true }, request)).toThrow(expect.objectContaining({ code: 'not_supported_by_driver' }))
  })

  it('is refused by words of its settings', () => {
    for (const word of ['boot', 'on', 'off', 'depend', 'priority', 'all']) expect(jailName.safeParse(word).success).toBe(false)
    expect(jailName.safeParse('on-call').success).toBe(true)
  })

  it('of an archive keeps it what it was', () => {
    const thin = { ...shop, archive: '/a.txz' }
    expect(commands(archive('bastille', 'thin').make(thin, request))).toEqual([
      'bastille create --no-boot -E shop',
      `tar -xpf /a.txz -C ${jails}/shop/root`,
      `mkdir -p ${jails}/shop/root/.bastille`,
    ])
    expect(commands(archive('iocage', 'thin').make({ ...thin, type: 'thick' }, request))).toHaveLength(2)
    expect(() => archive('bastille', 'thin').make({ ...thin, type: 'thick' }, request)).toThrow('Import it with type:thin')
    expect(() => archive('iocage', 'thin').make(thin, request)).toThrow('Import it with type:thick')
    expect(() => archive('ezjail', 'thin').make(thin, request)).toThrow('Import it with manager:ezjail')
  })
})

describe('starting and stopping', () => {
  const limited = blog({ properties: { 'bastille.limits': 'jail:blog:memoryuse:deny=1G/jail nonsense', 'bastille.cpuset': '0,1' } })

  it('is by jail(8) and the own file', () => {
    expect(commands(driver().start(blog()))).toEqual([`jail -f ${jails}/blog/jail.conf -c blog`])
    expect(commands(driver().stop(blog()))).toEqual([`jail -f ${jails}/blog/jail.conf -r blog`])
  })

  it('heeds what bastille was told of limits, as far as the kernel can', () => {
    expect(commands(driver({ canLimit: true }).start(limited)).slice(1)).toEqual([
      'rctl -a jail:blog:memoryuse:deny=1073741824',
      'cpuset -l 0,1 -j blog',
    ])
    expect(commands(driver({ canLimit: true }).stop(limited)).slice(1)).toEqual(['rctl -r jail:blog:memoryuse:deny=1073741824'])
    expect(commands(driver().start(limited)).slice(1)).toEqual(['cpuset -l 0,1 -j blog'])
  })
})

describe('the start at boot', () => {
  const off: ObservedFacts['managers'] = [{ manager: 'bastille', startsJails: false }]

  it('is a word of its settings', () => {
    expect(driver().boot(shop, true)).toMatchObject([
      { action: { kind: 'edit', path: `${jails}/shop/settings.conf`, edits: [{ what: 'variable', name: 'boot', value: 'on' }] } },
    ])
    expect(driver({ managers: off }).boot(shop, false)).toHaveLength(1)
  })

  it('is switched on for the host where nobody else would wake up by it', () => {
    const asleep = blog({ name: 'mute', properties: { boot: 'off' } })
    expect(commands(driver({ managers: off, jails: [asleep] }).boot(shop, true))).toEqual(['sysrc bastille_enable=YES'])
    expect(() => driver({ managers: off, jails: [blog()] }).boot(shop, true)).toThrow('would also start blog at boot')
  })

  it('needs the name in bastille_list where there is one', () => {
    const listed: ObservedFacts['managers'] = [{ manager: 'bastille', startsJails: true, startsOnly: ['blog'] }]
    expect(() => driver({ managers: listed }).boot(shop, true)).toThrow('bastille_list')
    expect(driver({ managers: listed }).boot(blog(), true)).toHaveLength(1)
  })
})

describe('a property', () => {
  const running = blog({ state: 'running' })

  it('takes no other with it', () => {
    const { steps, restart } = driver().set(blog({ properties: { 'allow.mount': '', 'allow.mount.nullfs': '' } }), 'allow.mount', undefined)
    expect(steps[0]?.action).toMatchObject({ edits: [{ what: 'parameter', names: ['allow.mount', 'allow.nomount'], lines: [] }] })
    expect(commands(steps)).toEqual(['jail -m name=blog allow.nomount'])
    expect(restart).toBe(false)
  })

  it('that the kernel does not change takes a restart', () => {
    expect(driver().set(running, 'securelevel', '3')).toMatchObject({ steps: [{ action: { kind: 'edit' } }], restart: true })
    expect(driver().set(blog({ state: 'stopped' }), 'securelevel', '3').restart).toBe(false)
  })

  it('of bastille’s own is a priority; others have commands, or are not for this host', () => {
    expect(driver().set(running, 'priority', '5').steps[0]?.action).toMatchObject({ path: `${jails}/blog/settings.conf` })
    expect(() => driver().set(running, 'priority', 'first')).toThrow('a number')
    expect(() => driver().set(running, 'boot', 'on')).toThrow('/jail boot on')
    expect(() => driver().set(running, 'rdr', 'tcp 80 80')).toThrow(expect.objectContaining({ code: 'not_supported_by_driver' }))
    expect(() => driver().set(running, 'exec.prestart', 'rm')).toThrow('cannot be set')
    expect(() => driver().set(running, 'enforce_statfs', '2; rm')).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  })
})

describe('what it consists of', () => {
  it('is its folder, or its dataset', () => {
    expect(driver().parts(blog())).toEqual({ files: [], tree: { kind: 'folder', path: `${jails}/blog` } })
    expect(driver({ datasets: pool }).parts(blog())).toEqual({
      files: [],
      tree: { kind: 'dataset', dataset: 'zroot/bastille/jails/blog', mountpoints: {} },
    })
    expect(jailPartsSchema.safeParse(driver().parts(blog())).success).toBe(true)
    expect(() => driver().parts(blog({ root: '/elsewhere' }))).toThrow(expect.objectContaining({ code: 'not_ours' }))
  })
})

describe('another name, address or copy', () => {
  it('never asks bastille', () => {
    const drivers = [driver(), driver({ datasets: pool })]
    for (const one of drivers) {
      const steps = [...one.rename(blog(), 'journal'), ...one.clone(blog(), shop, request), ...one.readdress(blog(), '10.0.0.7')]
      expect(commands(steps).filter((line) => line.startsWith('bastille'))).toEqual([])
    }
  })

  it('keeps the interface that the jail has', () => {
    const [step] = driver().readdress(blog({ properties: { 'ip4.addr': 'em0|10.0.0.2' } }), '10.0.0.7')
    expect(step?.action).toMatchObject({ edits: [{ names: ['ip4.addr'], lines: ['  ip4.addr = em0|10.0.0.7;'] }] })
  })

  it('is refused where interfaces carry the name', () => {
    expect(() => driver().rename(blog({ vnet: true }), 'journal')).toThrow('Use `bastille rename` on the host')
    expect(() => driver().clone(blog({ vnet: true }), shop, request)).toThrow('Use `bastille clone` on the host')
    expect(() => driver().readdress(blog({ vnet: true }), '10.0.0.7')).toThrow('Use `bastille network`')
  })

  it('takes the mark along', () => {
    const marks = driver()
      .rename(blog({ tags: ['web'] }), 'journal')
      .flatMap(({ action }) => (action.kind === 'map-entry' ? [[action.key, action.value]] : []))
    expect(marks).toEqual([
      ['bastille/blog', null],
      ['bastille/journal', 'made=jailops&tags=web'],
    ])
  })
})

describe('its base', () => {
  it('of a thin one is patched by its release', () => {
    expect(() => driver().update(blog(), request)).toThrow('/release update 15.1-RELEASE manager:bastille')
  })

  it('of a thick one is patched by bastille, in a running jail, with a way back on ZFS only', () => {
    const thick = blog({ type: 'thick', state: 'stopped' })
    const steps = driver().update(thick, request)
    expect(commands(steps)).toEqual([
      `jail -f ${jails}/blog/jail.conf -c blog`,
      'bastille update blog',
      `jail -f ${jails}/blog/jail.conf -r blog`,
    ])
    expect(steps.some(({ final }) => final !== undefined)).toBe(true)
    const safe = driver({ datasets: pool }).update({ ...thick, state: 'running' }, request)
    expect(commands(safe)).toEqual([`zfs snapshot zroot/bastille/jails/blog/root@jailops-${request}`, 'bastille update blog'])
    expect(safe.some(({ final }) => final !== undefined)).toBe(false)
  })

  it('is upgraded to what is there', () => {
    expect(() => driver().upgrade(blog(), '15.1-RELEASE', request)).toThrow('at 15.1-RELEASE already')
    expect(() => driver().upgrade(blog(), '16.0-RELEASE', request)).toThrow('/release fetch 16.0-RELEASE manager:bastille')
  })
})

it('all of it are steps', () => {
  const one = driver({ datasets: pool })
  const steps = [
    ...one.make(shop, request),
    ...one.clone(blog(), shop, request),
    ...one.rename(blog(), 'journal'),
    ...one.mount(blog(), { from: '/data', on: '/data', readOnly: true }),
    ...one.depend(blog(), ['shop']),
    ...one.mark(blog({ properties: { 'bastille.tags': 'old' } }), { ours: true, tags: [], note: '' }),
  ]
  for (const step of steps) expect(stepSchema.safeParse(step).success, step.title).toBe(true)
  expect(() => one.mount(blog(), { from: '/data', on: '/.bastille/x', readOnly: true })).toThrow('Choose another place')
})
