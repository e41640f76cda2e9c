import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NewJail } from '../../src/core/jail.ts'
import type { Step } from '../../src/core/step.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { type LabHost, startLabHost } from './lab-host.ts'

/* Jails of jail.conf that are datasets, made, changed and taken back on the lab's pool. */

let host: LabHost

beforeAll(async () => {
  host = await startLabHost({ zfs: true })
  const base = join(host.lab.hostFolder, 'usr/jails/base15')
  await told('zfs', 'create', 'zroot/jails/base15')
  await told('cp', '-a', `${host.lab.layout.base}/.`, base)
  host.lab.layout.base = base
})

afterAll(async () => host?.stop())

async function told(...argv: string[]): Promise<string> {
  const { stdout, stderr } = await host.shell.run({ argv, timeoutSeconds: 30 })
  return (stdout + stderr).trim()
}

async function drivers() {
  const facts = await host.look('jails', 'addresses')
  return { facts, ...createDrivers(facts) }
}

function newJail(name: string, address: string, type: NewJail['type']): NewJail {
  return { name, manager: 'jail.conf', address, startsAtBoot: false, type, vnet: false }
}

async function traces(): Promise<string[]> {
  const answers = await Promise.all([
    told('zfs', 'list', '-H', '-t', 'all', '-o', 'name,mountpoint,origin'),
    told('mount', '-p'),
    told('jls', 'name', 'ip4.addr'),
    told('ls', '-A', host.lab.layout.jailRoots, host.lab.layout.jailConfFolder),
  ])
  return answers.flatMap((text) => text.split('\n')).toSorted()
}

async function thereAndBack(steps: readonly Step[], check: () => Promise<void>): Promise<void> {
  const before = await traces()
  const done = await host.carryOut(steps)
  await check()
  await host.takeBack(done)
  expect(await traces()).toEqual(before)
}

test('a thin jail is a clone; a second one shares the snapshot; of one that fails nothing stays but that', async () => {
  const { jails, chooseAddress } = await drivers()
  await host.carryOut(jails.create(newJail('blog', chooseAddress(), 'thin'), 'rblogaaaaaaaaaaa'))
  const { facts } = await drivers()
  expect(facts.jail('blog')).toMatchObject({ state: 'running', type: 'thin', root: `${host.lab.layout.jailRoots}/blog` })
  expect(facts.datasets).toContainEqual(expect.objectContaining({ name: 'zroot/jails/blog', origin: 'zroot/jails/base15@base' }))
  const now = await drivers()
  await thereAndBack(now.jails.create(newJail('shop', now.chooseAddress(), 'thin'), 'rshopaaaaaaaaaaa'), async () => {
    expect((await drivers()).facts.jail('shop').state).toBe('running')
  })
  const before = await traces()
  const steps = now.jails.create(newJail('shop', now.chooseAddress(), 'thin'), 'rshopbbbbbbbbbbb')
  setFaults(host.lab.folder, [{ program: 'jail', argumentsInclude: ['-c', 'shop'], exitCode: 1, stderr: 'jail: shop: no\n' }])
  await expect(host.carryOut(steps)).rejects.toThrow('jail: shop: no')
  setFaults(host.lab.folder, [])
  expect(await traces()).toEqual(before)
})

test('a thick jail is a dataset with a copy, and half a copy is made anew', async () => {
  const { jails, chooseAddress } = await drivers()
  const steps = jails.make(newJail('thick', chooseAddress(), 'thick'), 'rthickaaaaaaaaaa')
  await thereAndBack(steps, async () => {
    expect((await drivers()).facts.datasets.find(({ name }) => name === 'zroot/jails/thick')?.origin).toBeUndefined()
    expect(await told('ls', `${host.lab.layout.jailRoots}/thick/etc/rc.conf`)).not.toContain('No such')
    const [, , copy] = steps
    if (copy === undefined) throw new Error('it is not copied')
    // as after a crash: taken back, and again
    await host.effects.revert(copy, JSON.stringify({ held: false }), { groupFile: join(host.lab.folder, 'again') })
    expect(await told('ls', '-A', `${host.lab.layout.jailRoots}/thick`)).toBe('')
    await host.effects.perform(copy, { groupFile: join(host.lab.folder, 'again-2') })
  })
})

test('a running jail is cloned by a snapshot, a stopped one renamed with its dataset', async () => {
  const { facts, jails, chooseAddress } = await drivers()
  const blog = facts.jail('blog')
  const copy = newJail('copy', chooseAddress(), 'thin')
  await thereAndBack([...jails.clone(blog, copy, 'rcopyaaaaaaaaaaa'), ...jails.start(jails.expected(copy))], async () => {
    const made = await drivers()
    expect(made.facts.jail('copy')).toMatchObject({ state: 'running', hostname: 'copy', address: copy.address })
  })
  const renamed = jails.renamed(blog, 'journal')
  await thereAndBack([...jails.stop(blog), ...jails.rename(blog, 'journal'), ...jails.start(renamed)], async () => {
    const now = await drivers()
    expect(now.facts.jail('journal')).toMatchObject({ state: 'running', hostname: 'journal' })
    expect(now.facts.datasets.map(({ name }) => name)).toContain('zroot/jails/journal')
  })
})

test('one that is mounted by a path of its own, wherever it lies in the pool, is mounted at the new one', async () => {
  const shelf = 'zroot/shelf'
  await told('zfs', 'create', '-o', 'mountpoint=none', shelf)
  const { facts, jails } = await drivers()
  const blog = facts.jail('blog')
  const back = await host.carryOut(jails.stop(blog))
  await told('zfs', 'rename', 'zroot/jails/blog', `${shelf}/blog`)
  await told('zfs', 'set', `mountpoint=${blog.root}`, `${shelf}/blog`)
  await told('zfs', 'mount', `${shelf}/blog`)
  const now = await drivers()
  await thereAndBack(now.jails.rename(now.facts.jail('blog'), 'journal'), async () => {
    expect((await drivers()).facts.datasets).toContainEqual(
      expect.objectContaining({ name: `${shelf}/journal`, mountpoint: `${host.lab.layout.jailRoots}/journal`, isMounted: true }),
    )
  })
  await told('zfs', 'rename', `${shelf}/blog`, 'zroot/jails/blog')
  await told('zfs', 'inherit', 'mountpoint', 'zroot/jails/blog')
  await told('zfs', 'destroy', shelf)
  await host.takeBack(back)
})

test('an upgrade is taken back to what was before it', async () => {
  writeFileSync(join(host.lab.hostFolder, 'var/db/lab-mirror.json'), JSON.stringify({ patches: { '15.2-RELEASE': 1, '15.1-RELEASE': 1 } }))
  const { facts } = await drivers()
  const jail = facts.jail('blog')
  const looked = { packagedBase: { exitCode: 1, stdout: '', stderr: '' } }
  await thereAndBack(createDrivers({ ...facts, looked }).jails.upgrade(jail, '15.2-RELEASE', 'rupgradeaaaaaaaa'), async () => {
    expect(await told('jexec', 'blog', 'freebsd-version', '-u')).toContain('15.2-RELEASE')
    expect((await drivers()).facts.jail('blog').release).toBe('15.2-RELEASE')
  })
  expect(await told('jexec', 'blog', 'freebsd-version', '-u')).toContain('15.1-RELEASE')
})

test('an update is taken back to what was before it', async () => {
  const { facts } = await drivers()
  const jail = facts.jail('blog')
  const looked = { packagedBase: { exitCode: 1, stdout: '', stderr: '' } }
  const steps = createDrivers({ ...facts, looked }).jails.update(jail, 'rupdateaaaaaaaaa')
  const before = await told('cat', `${jail.root}/bin/freebsd-version`)
  await thereAndBack(steps, async () => {
    expect(await told('cat', `${jail.root}/bin/freebsd-version`)).not.toBe(before)
  })
  expect(await told('cat', `${jail.root}/bin/freebsd-version`)).toBe(before)
  expect((await drivers()).facts.jail('blog').state).toBe('running')
})
