import { describe, expect, it, test } from 'vitest'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Dataset, Jail, NewJail } from '../../src/core/jail.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import { type Step, stepSchema } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { testFacts, testJail, testLayout } from './facts-helper.ts'
import { undoArgv } from '../support/undo-argv.ts'

const request = 'rabcdefghijkmnpq'
const shop: NewJail = { name: 'shop', manager: 'jail.conf', address: '10.0.0.9', startsAtBoot: false, type: 'thin', vnet: false }
const datasets: Dataset[] = ['', '/.base', '/.releases/15.1-RELEASE', '/blog'].map((path) => ({
  name: `zroot/jails${path}`,
  mountpoint: `/usr/jails${path}`,
  isMounted: true,
  hasOwnMountpoint: path === '',
}))
const zfs = { datasets, releases: [{ manager: 'jail.conf', name: '15.1-RELEASE', path: '/usr/jails/.releases/15.1-RELEASE' }] } as const

function jailsOf(observed: Partial<ObservedFacts> = {}, layout = testLayout) {
  return createDrivers(testFacts({ ...observed, datasets: [...(observed.datasets ?? [])] }, layout)).jails
}

function said(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    const { action } = stepSchema.parse(step)
    return action.kind === 'run' ? action.argv.join(' ') : action.kind === 'write' ? `write ${action.path}` : action.kind
  })
}

const onZfs: Partial<ObservedFacts> = { datasets: [...zfs.datasets], releases: [...zfs.releases] }

describe('make', () => {
  it('clones the base or a release, of which one snapshot is kept', () => {
    const steps = jailsOf(onZfs).make({ ...shop, release: '15.1-RELEASE' }, request)
    expect(said(steps)).toEqual([
      'require',
      'zfs snapshot zroot/jails/.releases/15.1-RELEASE@base',
      'zfs clone zroot/jails/.releases/15.1-RELEASE@base zroot/jails/shop',
      'write /etc/jail.conf.d/shop.conf',
    ])
    expect(steps[1]?.action).toMatchObject({ unlessDone: true })
    expect(steps[2]?.undo).toMatchObject([{ action: { argv: ['zfs', 'destroy', '-r', 'zroot/jails/shop'] } }])
    expect(said(jailsOf(onZfs).make(shop, request))[1]).toBe('zfs snapshot zroot/jails/.base@base')
  })

  it('copies a thick one into a dataset of its own', () => {
    const steps = jailsOf(onZfs).make({ ...shop, type: 'thick' }, request)
    expect(said(steps).slice(1, 3)).toEqual(['zfs create zroot/jails/shop', 'cp -a /usr/jails/.base/. /usr/jails/shop'])
    expect(steps[2]?.undo?.map((one) => undoArgv(one).join(' '))).toEqual([
      'zfs destroy -r zroot/jails/shop',
      'zfs create zroot/jails/shop',
    ])
  })

  it('refuses a thin one where there is no ZFS, or no dataset to clone, and a release that is not there', () => {
    expect(() => jailsOf().make(shop, request)).toThrow(expect.objectContaining({ code: 'not_supported_by_driver' }))
    const unshared = { ...onZfs, datasets: datasets.filter(({ name }) => !name.endsWith('.base')) }
    expect(() => jailsOf(unshared).make(shop, request)).toThrow(expect.objectContaining({ code: 'not_supported_by_driver' }))
    expect(() => jailsOf(onZfs).make({ ...shop, release: '14.3-RELEASE' }, request)).toThrow(
      expect.objectContaining({ code: 'host_not_ready', message: expect.stringContaining('there is: 15.1-RELEASE') }),
    )
  })

  it('unpacks an archive, which shares nothing with anybody', () => {
    const steps = jailsOf().make({ ...shop, archive: '/usr/jails/.archives/a.txz' }, request)
    expect(said(steps)).toContain(`tar -xpf /usr/jails/.archives/a.txz -C /usr/jails/.new-${request}`)
    expect(steps.at(-1)?.action).toMatchObject({ content: expect.stringContaining('type=thick') })
  })

  it('takes the newest release where there is no base', () => {
    const releases = ['14.3-RELEASE', '15.1-RELEASE', '9.3-RELEASE'].map(
      (name) => ({ manager: 'jail.conf', name, path: `/r/${name}` }) as const,
    )
    const steps = jailsOf({ releases, baseMegabytes: 0 }).make({ ...shop, type: 'thick' }, request)
    expect(said(steps)[2]).toContain('cp -a /r/15.1-RELEASE/.')
  })
})

const db = testJail('db', { state: 'stopped', address: '10.0.0.3' })
const cache = testJail('cache', { state: 'stopped', address: '10.0.0.4', depends: ['db'] })
const blog = testJail('blog', { state: 'stopped', depends: ['cache'] })

describe('start and stop', () => {
  it('use the file that defines an adopted jail', () => {
    const mail = testJail('mail', { configuration: '/etc/jail.conf', isMarked: true, properties: { name: 'mail' } })
    expect(said(jailsOf({ jails: [mail] }).stop(mail))).toEqual(['jail -f /etc/jail.conf -r mail'])
  })
})

const boot = (list: string[]) => ({ list, configured: [], jailEnable: true, includesFolder: false })

describe('depend', () => {
  it('is noted in the file, and puts the order at boot right', () => {
    const atBoot = { startsAtBoot: true } as const
    const jails = [testJail('blog', atBoot), testJail('mail', atBoot), testJail('db', atBoot)]
    const steps = jailsOf({ jails, boot: boot(['blog', 'mail', 'db', 'web']) }).depend(testJail('blog', atBoot), ['db'])
    expect(steps[0]?.action).toMatchObject({ content: expect.stringContaining('depends=db') })
    expect(said(steps)[1]).toBe('sysrc jail_list=mail db blog web')
    expect(jailsOf({ jails, boot: boot(['db', 'blog']) }).depend(testJail('blog', atBoot), ['db'])).toHaveLength(1)
  })

  it('refuses itself, a circle, the unknown, strangers, and what would not be there at boot', () => {
    const theirs = testJail('theirs', { ours: false })
    const jails = [blog, cache, db, theirs]
    const refused = (jail: Jail, on: string) => () => jailsOf({ jails }).depend(jail, [on])
    expect(refused(db, 'db')).toThrow(expect.objectContaining({ code: 'bad_argument' }))
    expect(refused(db, 'blog')).toThrow(expect.objectContaining({ code: 'bad_argument', message: expect.stringContaining('already') }))
    expect(refused(db, 'nobody')).toThrow(expect.objectContaining({ code: 'unknown_jail' }))
    expect(refused(db, 'theirs')).toThrow(expect.objectContaining({ code: 'not_ours' }))
    const off = [blog, { ...db, startsAtBoot: false }]
    expect(() => jailsOf({ jails: off }).depend(blog, ['db'])).toThrow(expect.objectContaining({ code: 'host_not_ready' }))
  })

  it('brings a boot entry before those that need it', () => {
    const jails = [{ ...db, startsAtBoot: false }, cache]
    expect(said(jailsOf({ jails, boot: boot(['mail', 'cache']) }).boot(db, true))).toEqual(['sysrc jail_list=mail db cache'])
    expect(() => jailsOf({ jails }).boot(cache, true)).toThrow(expect.objectContaining({ code: 'host_not_ready' }))
  })
})

test('a rename moves root or dataset, and what was called by the old name', () => {
  const steps = jailsOf().rename(testJail('blog', { state: 'stopped' }), 'journal')
  expect(said(steps)).toEqual(['require', 'require', 'move', 'write /etc/jail.conf.d/journal.conf', 'remove'])
  expect(steps[3]?.action).toMatchObject({ content: expect.stringMatching(/host\.hostname = "journal"[^]*jail_journal_console\.log/) })
  expect(said(jailsOf(onZfs).rename(testJail('blog'), 'journal'))[2]).toBe('zfs rename zroot/jails/blog zroot/jails/journal')
  expect(() => jailsOf().rename(testJail('blog', { properties: { name: 'blog' } }), 'journal')).toThrow(
    expect.objectContaining({ code: 'config_invalid' }),
  )
})

test('a clone has name, address and host name of its own', () => {
  const source = testJail('blog', { mounts: [{ from: '/data', on: '/data', readOnly: true }] })
  const steps = jailsOf(onZfs).clone(source, shop, request)
  expect(said(steps).slice(0, 2)).toEqual([
    `zfs snapshot zroot/jails/blog@jailops-${request}`,
    `zfs clone zroot/jails/blog@jailops-${request} zroot/jails/shop`,
  ])
  const content = steps.at(-1)?.action
  expect(content).toMatchObject({
    content: expect.stringMatching(/^shop \{[^]*hostname = "shop"[^]*10\.0\.0\.9[^]*"\/data \/usr\/jails\/shop\/data/m),
  })
  expect(said(jailsOf().clone(source, { ...shop, type: 'thick' }, request))[4]).toContain('cp -a /usr/jails/blog/.')
})

describe('mount', () => {
  const data = { from: '/data', on: '/srv/data', readOnly: false }

  it('looks where the target leads before, and what was mounted after', () => {
    const steps = jailsOf().mount(testJail('blog'), data)
    expect(said(steps)).toEqual([
      'require',
      'jexec blog mkdir -p /srv/data',
      'require',
      'require',
      'write /etc/jail.conf.d/blog.conf',
      'mount -t nullfs /data /usr/jails/blog/srv/data',
    ])
    expect(steps[2]?.done).toMatchObject({ argv: ['realpath', '/usr/jails/blog/srv/data'], stdout: '/usr/jails/blog/srv/data' })
    expect(steps[4]).toMatchObject({
      title: expect.stringContaining('WRITABLE'),
      action: { content: expect.stringContaining('nullfs rw 0 0') },
    })
    expect(steps[5]).toMatchObject({ done: { argv: ['mount', '-p'], word: '/usr/jails/blog/srv/data' }, undo: [{ mayFail: true }] })
    expect(said(jailsOf().mount(testJail('blog', { state: 'stopped' }), data))).not.toContain('mount')
  })

  it.each([
    ['/data', '/dev'],
    ['/data', '/dev/x'],
    ['/data', '/'],
    ['/data', '/a/../b'],
    ['/data', '/a b'],
    ['/data', '/a/'],
    ['/data', '/a//b'],
    ['/data', '/a/./b'],
    ['/', '/a'],
    ['/usr', '/a'],
    ['/usr/jails/blog', '/a'],
    ['/x', '/backup/more'],
    ['/da"ta', '/a'],
  ])('never %s on %s', (from, on) => {
    const jail = testJail('blog', { mounts: [{ from: '/backup', on: '/backup', readOnly: true }] })
    expect(() => jailsOf().mount(jail, { from, on, readOnly: true })).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  })

  it('is taken out of file and kernel again', () => {
    const jail = testJail('blog', { mounts: [data] })
    const steps = jailsOf().unmount(jail, data)
    expect(steps[0]?.action).toMatchObject({ content: expect.not.stringContaining('mount +=') })
    expect(said(steps)[1]).toBe('umount -t nullfs /usr/jails/blog/srv/data')
    expect(() => jailsOf().unmount(testJail('blog'), data)).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  })
})

test('tags and a note stand in the file and in the kernel, those of an adopted jail in the marks', () => {
  const mark = { ours: true, tags: ['web'], note: 'of Ana' }
  const [file, live] = jailsOf({ hasMeta: true }).mark(testJail('blog'), mark)
  expect(file?.action).toMatchObject({ content: expect.stringContaining('\n  meta.jailops = "type=thick&tags=web&note=of+Ana";') })
  expect(live).toMatchObject({
    action: { argv: ['jail', '-m', 'name=blog', 'meta.jailops=type=thick&tags=web&note=of+Ana'] },
    undo: [{ action: { argv: ['jail', '-m', 'name=blog', 'meta.jailops=type=thick'] } }],
  })
  expect(jailsOf().mark(testJail('blog'), mark)).toHaveLength(1)
  const mail = testJail('mail', { ours: false, properties: { name: 'mail' } })
  expect(jailsOf().mark(mail, mark)).toMatchObject([
    { action: { kind: 'map-entry', key: 'jail.conf/mail', value: 'made=jailops&tags=web&note=of+Ana' } },
  ])
  expect(jailsOf().mark({ ...mail, ours: true, isMarked: true }, { ...mark, ours: false })).toMatchObject([{ action: { value: null } }])
  expect(() => jailsOf().mark(testJail('blog'), { ...mark, ours: false })).toThrow(expect.objectContaining({ code: 'bad_argument' }))
})

const look = (stdout: string) => ({ looked: { packagedBase: { exitCode: stdout === '' ? 1 : 0, stdout, stderr: '' } } })

describe('update', () => {
  it('goes by what the base is made of, with a way back on ZFS', () => {
    expect(said(jailsOf(look('FreeBSD-runtime-15.1\n')).update(testJail('blog'), request))).toEqual([
      'pkg -j blog upgrade -y -r FreeBSD-base',
    ])
    const [snapshot, update] = jailsOf({ ...onZfs, ...look('') }).update(testJail('blog'), request)
    expect(snapshot?.action).toMatchObject({ argv: ['zfs', 'snapshot', `zroot/jails/blog@jailops-${request}`] })
    expect(update?.action).toMatchObject({
      argv: ['env', 'PAGER=cat', 'freebsd-update', '-j', 'blog', '--not-running-from-cron', 'fetch', 'install'],
      shows: true,
    })
    expect(update?.undo?.map((one) => undoArgv(one).slice(0, 2).join(' '))).toEqual(['jail -f', 'zfs rollback', 'jail -f'])
    expect(update?.final).toBeUndefined()
  })

  it('says before that without ZFS there is no way back', () => {
    expect(jailsOf(look('')).update(testJail('blog'), request)).toMatchObject([{ final: expect.stringContaining('ZFS') }])
  })

  it('needs a running jail, and to know what the base is', () => {
    expect(() => jailsOf(look('')).update(testJail('blog', { state: 'stopped' }), request)).toThrow(
      expect.objectContaining({ code: 'jail_stopped' }),
    )
    expect(() => jailsOf().update(testJail('blog'), request)).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(() => jailsOf(look('')).upgrade(testJail('blog'), '15.2; id', request)).toThrow(
      expect.objectContaining({ code: 'bad_argument' }),
    )
  })
})

test('a jail with a network of its own is made where there is a bridge, and leaves no interface when its start fails', () => {
  const layout = layoutSchema.parse({ bridge: 'bridge0' })
  const jails = jailsOf({}, layout)
  const lab: NewJail = { ...shop, name: 'lab', type: 'thick', vnet: true }
  const [start] = jails.start(jails.expected(lab))
  expect(start?.undo?.at(-1)).toMatchObject({ action: { argv: ['ifconfig', 'epair9a', 'destroy'] } })
})

test('a jail that is defined among others is not put into the trash', () => {
  const mail = testJail('mail', { configuration: '/etc/jail.conf', isMarked: true })
  expect(() => jailsOf().parts(mail)).toThrow(
    expect.objectContaining({ code: 'not_ours', message: expect.stringContaining('/etc/jail.conf.d/mail.conf') }),
  )
})
