import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import boot from '../../commands/jail/boot/off.ts'
import bootOn from '../../commands/jail/boot/on.ts'
import clone from '../../commands/jail/clone.ts'
import destroy from '../../commands/jail/destroy.ts'
import migrate from '../../commands/jail/migrate.ts'
import mount from '../../commands/jail/mount/add.ts'
import unmount from '../../commands/jail/mount/remove.ts'
import purge from '../../commands/jail/purge.ts'
import rename from '../../commands/jail/rename.ts'
import restart from '../../commands/jail/restart.ts'
import restore from '../../commands/jail/restore.ts'
import set from '../../commands/jail/set.ts'
import type { NewJail } from '../../src/core/jail.ts'
import type { Step } from '../../src/core/step.ts'
import { endpointOf } from '../../src/host/addresses.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { parseStubStatus } from '../../src/host/facts/site-status.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { type LabHands, labHands } from '../host/lab-hands.ts'

/* ezjail's jails on the lab: what the driver plans is carried out, and taken back without a trace. */

let hands: LabHands
let host: string

beforeAll(async () => {
  hands = await labHands({ managers: ['ezjail'] })
  host = hands.lab.hostFolder
}, 60_000)

afterEach(() => setFaults(hands.lab.folder, []))
afterAll(() => hands.stop())

/** All that a jail of ezjail consists of, and what is said of it elsewhere. */
function trace(): unknown {
  const read = (path: string) => (existsSync(join(host, path)) ? readFileSync(join(host, path), 'utf8') : undefined)
  const controls = readdirSync(join(host, 'usr/local/etc/ezjail'))
  const fstabs = readdirSync(join(host, 'etc')).filter((name) => name.startsWith('fstab.'))
  return {
    controls: controls.map((name) => [name, read(`usr/local/etc/ezjail/${name}`)]),
    fstabs: fstabs.map((name) => [name, read(`etc/${name}`)]),
    roots: readdirSync(join(host, 'usr/jails')).filter((name) => name !== '.marks'),
    configurations: readdirSync(join(host, 'etc/jail.conf.d')),
    marks: read('usr/jails/.marks') ?? '',
    // unset and empty are one to rc.d/jail
    rcConf: read('etc/rc.conf')?.replace('jail_list=""\n', ''),
  }
}

async function createSteps(name: string, more: Partial<NewJail> = {}): Promise<Step[]> {
  const facts = await hands.facts()
  const drivers = createDrivers(facts)
  const jail = {
    name,
    manager: 'ezjail',
    address: drivers.chooseAddress(),
    startsAtBoot: true,
    type: 'thin',
    vnet: false,
    ...more,
  } as const
  return [
    ...drivers.jails.create(jail, 'rabcdefghjkmnpqr'),
    ...drivers.site.install(drivers.jails.expected(jail), jail.address),
    ...drivers.jails.boot(jail, jail.startsAtBoot),
  ]
}

async function jls(): Promise<string> {
  return (await hands.lab.sh('jls -N')).text
}

describe('a jail of ezjail', () => {
  it('is taken back without a trace when its site does not come up', async () => {
    const before = trace()
    setFaults(hands.lab.folder, [{ program: 'service', argumentsInclude: ['nginx', 'start'], exitCode: 1 }])
    await expect(hands.carryOut(await createSteps('blog-two'))).rejects.toThrow(expect.objectContaining({ code: 'step_failed' }))
    expect(trace()).toEqual(before)
    expect(await jls()).not.toContain('blog_two')
  }, 60_000)

  it.each([
    ['create says 0 and makes nothing', { argumentsInclude: ['create'], exitCode: 0 }],
    ['create fails', { argumentsInclude: ['create'], exitCode: 1 }],
    ['create has done its work and says 1', { argumentsInclude: ['create'], exitCode: 1, thenRun: true }],
    ['start says 0 and starts nothing', { argumentsInclude: ['onestart'], exitCode: 0 }],
    ['delete fails on the way back', { argumentsInclude: ['delete'], exitCode: 1 }],
  ])(
    'is taken back without a trace when %s',
    async (_, fault) => {
      const before = trace()
      setFaults(hands.lab.folder, [
        { program: 'ezjail-admin', ...fault },
        { program: 'service', argumentsInclude: ['nginx', 'start'], exitCode: 1 },
      ])
      await expect(hands.carryOut(await createSteps('blog-two'))).rejects.toThrow(expect.objectContaining({ code: 'step_failed' }))
      expect(trace()).toEqual(before)
    },
    60_000,
  )

  it.each([1, 4, 6, 8, 9, 10])('is taken back without a trace after step %d', async (count) => {
    const before = trace()
    await hands.takeBack(await hands.carryOut((await createSteps('blog-two')).slice(0, count)))
    expect(trace()).toEqual(before)
    expect(await jls()).not.toContain('blog_two')
  })

  it('that is there already is left alone by one of its name', async () => {
    await hands.lab.sh("ezjail-admin create blog.two 'lo1|10.0.0.99'")
    const before = trace()
    await expect(createSteps('blog-two')).rejects.toThrow(expect.objectContaining({ code: 'jail_name_taken' }))
    await hands.lab.sh('mv /usr/local/etc/ezjail/blog_two /tmp/blog_two')
    const steps = await createSteps('blog-two')
    await hands.lab.sh('mv /tmp/blog_two /usr/local/etc/ezjail/blog_two')
    await expect(hands.carryOut(steps)).rejects.toThrow(/is there already/)
    expect(trace()).toEqual(before)
    await hands.lab.sh('ezjail-admin delete -w blog.two')
  })

  it('is made, runs, answers, and is seen with all that its files say', async () => {
    await hands.carryOut(await createSteps('blog-two'))
    const facts = await hands.facts()
    const jail = facts.ownJail('blog-two')
    expect(jail).toMatchObject({
      manager: 'ezjail',
      state: 'running',
      kernelName: 'blog_two',
      hostname: 'blog-two',
      root: `${hands.lab.layout.jailRoots}/blog-two`,
      startsAtBoot: true,
      type: 'thin',
      isMarked: true,
      mounts: [],
    })
    expect(facts.addresses.taken).toContain(jail.address)
    expect(readFileSync(join(host, 'var/run/jail.blog_two.conf'), 'utf8')).toContain('exec.stop = "/bin/sh /etc/rc.shutdown jail"')
    expect((await hands.lab.sh('ezjail-admin list')).text).toMatch(/^DR {2}\d+ /m)
  }, 60_000)

  it('off at boot can be started and stopped all the same, and one that is norun too', async () => {
    await hands.carryOut((await hands.plan(boot, { jail: 'blog-two' })).steps)
    expect((await hands.facts()).ownJail('blog-two')).toMatchObject({ startsAtBoot: false, state: 'running' })
    await hands.carryOut((await hands.plan(restart, { jail: 'blog-two' })).steps)
    await hands.lab.sh('ezjail-admin config -r norun blog-two')
    const norun = trace()
    const done = await hands.carryOut((await hands.plan(restart, { jail: 'blog-two' })).steps)
    expect((await hands.facts()).ownJail('blog-two')).toMatchObject({ startsAtBoot: false, state: 'running' })
    await hands.takeBack(done)
    expect(trace()).toEqual(norun)
    expect(await jls()).toContain('blog_two')
    await hands.carryOut((await hands.plan(bootOn, { jail: 'blog-two' })).steps)
    expect((await hands.facts()).ownJail('blog-two').startsAtBoot).toBe(true)
  }, 60_000)

  it('shows a folder of the host, at once and after the next start', async () => {
    mkdirSync(join(host, 'data'))
    writeFileSync(join(host, 'data/file'), 'of the host')
    const steps = (await hands.plan(mount, { jail: 'blog-two', from: join(host, 'data'), on: '/data' })).steps
    const before = trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(trace()).toEqual(before)
    await hands.carryOut(steps)
    expect((await hands.lab.sh('jexec blog_two cat /data/file')).text).toBe('of the host')
    await hands.carryOut((await hands.plan(restart, { jail: 'blog-two' })).steps)
    expect((await hands.lab.sh('jexec blog_two cat /data/file')).text).toBe('of the host')
    expect((await hands.facts()).ownJail('blog-two').mounts).toEqual([{ from: join(host, 'data'), on: '/data', readOnly: true }])
  }, 60_000)

  it('has a property set, live and at the next start', async () => {
    const value = async () => (await hands.lab.sh('jls -j blog_two allow.raw_sockets')).text.trim()
    const { steps } = await hands.plan(set, { jail: 'blog-two', property: 'allow.raw_sockets', value: 'yes' })
    const before = trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(trace()).toEqual(before)
    expect(await value()).toBe('false')
    await hands.carryOut(steps)
    expect(await value()).toBe('true')
    await hands.carryOut((await hands.plan(restart, { jail: 'blog-two' })).steps)
    expect(await value()).toBe('true')
  }, 60_000)

  it('a link in the jail leads no mount out of it', async () => {
    await hands.lab.sh('jexec blog_two ln -s /etc /trap')
    const { steps } = await hands.plan(mount, { jail: 'blog-two', from: join(host, 'data'), on: '/trap' })
    await expect(hands.carryOut(steps)).rejects.toThrow(/a symlink on the way leads elsewhere/)
  })

  it('gets another name with its mounts and its mark, and back', async () => {
    const { steps } = await hands.plan(rename, { jail: 'blog-two', to: 'journal' })
    const before = trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(trace()).toEqual(before)
    await hands.carryOut(steps)
    const jail = (await hands.facts()).ownJail('journal')
    expect(jail).toMatchObject({ hostname: 'journal', kernelName: 'journal', state: 'running', startsAtBoot: true })
    expect(jail.mounts).toMatchObject([{ on: '/data' }])
    expect((await hands.lab.sh('jexec journal cat /data/file')).text).toBe('of the host')
    await hands.carryOut((await hands.plan(unmount, { jail: 'journal', on: '/data' })).steps)
    expect((await hands.lab.sh('jexec journal ls /data')).text).toBe('')
  }, 60_000)

  it('is copied; the copy has its own name and address', async () => {
    const { steps } = await hands.plan(clone, { jail: 'journal', to: 'copy' })
    const before = trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(trace()).toEqual(before)
    await hands.carryOut(steps)
    const facts = await hands.facts()
    expect(facts.ownJail('copy')).toMatchObject({ state: 'running', hostname: 'copy', startsAtBoot: false, isMarked: true })
    expect(facts.ownJail('copy').address).not.toBe(facts.ownJail('journal').address)
    expect(facts.ownJail('journal').state).toBe('running')
  }, 60_000)

  it('is destroyed, brought back, and purged', async () => {
    const destruction = await hands.plan(destroy, { jail: 'copy' })
    const before = trace()
    await hands.takeBack(await hands.carryOut(destruction.steps))
    expect(await jls()).toContain('copy')
    expect(trace()).toEqual(before)
    await hands.carryOut(destruction.steps)
    expect((await hands.facts()).jails.map(({ name }) => name)).toEqual(['journal'])
    const restoration = await hands.plan(restore, { jail: 'copy' })
    await hands.takeBack(await hands.carryOut(restoration.steps))
    await hands.carryOut(restoration.steps)
    expect(trace()).toEqual(before)
    expect((await hands.facts()).ownJail('copy').state).toBe('running')
    await hands.carryOut((await hands.plan(destroy, { jail: 'copy' })).steps)
    await hands.carryOut((await hands.plan(purge, { jail: 'copy' })).steps)
    expect((await hands.facts()).trash).toEqual([])
    expect((await hands.lab.sh('ezjail-admin list')).text).not.toContain('copy')
  }, 60_000)

  it('gets its old address no more when another has it', async () => {
    await hands.carryOut((await hands.plan(destroy, { jail: 'journal' })).steps)
    const old = (await hands.facts()).trashed('journal').address
    await hands.carryOut(await createSteps('thief', { address: old }))
    await hands.carryOut((await hands.plan(restore, { jail: 'journal' })).steps)
    const facts = await hands.facts()
    expect(facts.ownJail('thief').address).toBe(old)
    expect(facts.ownJail('journal').addresses).toHaveLength(1)
    expect(facts.ownJail('journal').address).not.toBe(old)
  }, 60_000)

  it('leaves ezjail for jail.conf with all it has, and back', async () => {
    const name = 'web-three'
    await hands.carryOut(await createSteps(name))
    await hands.carryOut((await hands.plan(mount, { jail: name, from: join(host, 'data'), on: '/data' })).steps)
    const { steps } = await hands.plan(migrate, { jail: name })
    const before = trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(trace()).toEqual(before)
    expect((await hands.facts()).ownJail(name)).toMatchObject({ manager: 'ezjail', state: 'running' })
    await hands.carryOut(steps)
    const facts = await hands.facts()
    expect(facts.ownJail(name)).toMatchObject({
      manager: 'jail.conf',
      state: 'running',
      kernelName: name,
      startsAtBoot: true,
      mounts: [{ on: '/basejail' }, { from: join(host, 'data'), on: '/data' }],
    })
    const { address, statusPort } = endpointOf(hands.lab.layout, facts.ownJail(name).address ?? '')
    expect(parseStubStatus(await fetch(`http://${address}:${statusPort}/status`).then((answer) => answer.text()))).toMatchObject({
      active: 1,
    })
    expect((await hands.lab.sh('ezjail-admin list')).text).not.toContain(name)
    expect((await hands.lab.sh(`jexec ${name} cat /data/file`)).text).toBe('of the host')
    expect(readdirSync(join(host, 'usr/jails/.trash', `${name}.rabcdefghjkmnpqr.migrated`))).toEqual(['control', 'fstab'])
    await hands.carryOut((await hands.plan(restart, { jail: name })).steps)
    expect((await hands.facts()).ownJail(name).state).toBe('running')
  }, 60_000)
})
