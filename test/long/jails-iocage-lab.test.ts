import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import bootOff from '../../commands/jail/boot/off.ts'
import bootOn from '../../commands/jail/boot/on.ts'
import clone from '../../commands/jail/clone.ts'
import depend from '../../commands/jail/depends/add.ts'
import destroy from '../../commands/jail/destroy.ts'
import mount from '../../commands/jail/mount/add.ts'
import unmount from '../../commands/jail/mount/remove.ts'
import purge from '../../commands/jail/purge.ts'
import rename from '../../commands/jail/rename.ts'
import restart from '../../commands/jail/restart.ts'
import restore from '../../commands/jail/restore.ts'
import set from '../../commands/jail/set.ts'
import snapshot from '../../commands/jail/snapshot/create.ts'
import rollback from '../../commands/jail/snapshot/rollback.ts'
import start from '../../commands/jail/start.ts'
import stop from '../../commands/jail/stop.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { createIocage, jls, say, traceOfIocage } from '../host/iocage-hands.ts'
import { type LabHands, labHands } from '../host/lab-hands.ts'

/* iocage's jails on the lab: what the driver plans is carried out, and taken back without a trace. */

let hands: LabHands

beforeAll(async () => {
  hands = await labHands({ zfs: true, managers: ['iocage'] })
}, 60_000)

afterEach(() => setFaults(hands.lab.folder, []))
afterAll(() => hands?.stop())

const trace = () => traceOfIocage(hands)

describe('a jail of iocage', () => {
  it('is taken back without a trace when its site does not come up', async () => {
    const before = await trace()
    setFaults(hands.lab.folder, [{ program: 'service', argumentsInclude: ['nginx', 'start'], exitCode: 1 }])
    await expect(hands.carryOut(await createIocage(hands, 'blog'))).rejects.toThrow(expect.objectContaining({ code: 'step_failed' }))
    expect(await trace()).toEqual(before)
    expect(await jls(hands)).not.toContain('ioc-blog')
  }, 60_000)

  it('is made, runs, answers, and is seen with all that its files say', async () => {
    await hands.carryOut(await createIocage(hands, 'blog'))
    const facts = await hands.facts()
    const jail = facts.ownJail('blog')
    expect(jail).toMatchObject({
      manager: 'iocage',
      state: 'running',
      kernelName: 'ioc-blog',
      hostname: 'blog',
      root: `${hands.lab.layout.iocage.root}/jails/blog/root`,
      startsAtBoot: true,
      type: 'thin',
      release: '15.1-RELEASE',
      isMarked: true,
      mounts: [],
      vnet: false,
    })
    expect(facts.addresses.taken).toContain(jail.address)
    expect((await hands.lab.sh('iocage list -l -h')).text).toMatch(/\tblog\ton\tup\tjail\t15\.1-RELEASE/)
    expect((await hands.lab.sh('sysrc -n iocage_enable')).text).toBe('YES\n')
  }, 60_000)

  it('may be a thick one, which shares nothing', async () => {
    const steps = await createIocage(hands, 'thick', { type: 'thick', startsAtBoot: false })
    const before = await trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(await trace()).toEqual(before)
    await hands.carryOut(steps)
    const facts = await hands.facts()
    expect(facts.ownJail('thick')).toMatchObject({ type: 'thick', startsAtBoot: false, state: 'running' })
    expect(facts.datasets.filter(({ origin }) => origin !== undefined).map(({ name }) => name)).toEqual(['zroot/iocage/jails/blog/root'])
    await say(hands, destroy, { jail: 'thick' })
    await say(hands, purge, { jail: 'thick' })
    expect(await trace()).toEqual(before)
  }, 60_000)

  it('is on or off at boot without being started or stopped by that', async () => {
    await say(hands, stop, { jail: 'blog' })
    const { steps } = await hands.plan(bootOff, { jail: 'blog' })
    await hands.takeBack(await hands.carryOut(steps))
    expect((await hands.facts()).ownJail('blog').startsAtBoot).toBe(true)
    await hands.carryOut(steps)
    expect((await hands.facts()).ownJail('blog')).toMatchObject({ startsAtBoot: false, state: 'stopped' })
    await say(hands, bootOn, { jail: 'blog' })
    expect((await hands.facts()).ownJail('blog')).toMatchObject({ startsAtBoot: true, state: 'stopped' })
    await say(hands, start, { jail: 'blog' })
  }, 60_000)

  it('takes a property at once where the kernel does, and back', async () => {
    const raw = async () => (await hands.lab.sh('jls -j ioc-blog allow.raw_sockets')).text.trim()
    const { steps } = await hands.plan(set, { jail: 'blog', property: 'allow.raw_sockets', value: 'yes' })
    const done = await hands.carryOut(steps)
    expect(await raw()).toBe('true')
    await hands.takeBack(done)
    expect(await raw()).toBe('false')
    await hands.carryOut(steps)
    expect((await hands.facts()).ownJail('blog').properties['allow_raw_sockets']).toBe('1')
    await say(hands, set, { jail: 'blog', property: 'allow_raw_sockets' })
    expect((await hands.facts()).ownJail('blog').properties['allow_raw_sockets']).toBe('0')
    for (const [property, value] of [
      ['host.hostname', 'www.example.com'],
      ['exec_timeout', '90'],
    ]) {
      await say(hands, set, { jail: 'blog', property, value })
    }
    expect((await hands.lab.sh('jls -j ioc-blog host.hostname')).text.trim()).toBe('www.example.com')
    await say(hands, set, { jail: 'blog', property: 'host_hostname' })
    expect((await hands.facts()).ownJail('blog').hostname).toBe('blog')
  }, 60_000)

  it('shows a folder of the host, at once and after the next start', async () => {
    const host = hands.lab.hostFolder
    mkdirSync(join(host, 'data'))
    writeFileSync(join(host, 'data/file'), 'of the host')
    const { steps } = await hands.plan(mount, { jail: 'blog', from: join(host, 'data'), on: '/data' })
    const before = await trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(await trace()).toEqual(before)
    await hands.carryOut(steps)
    expect((await hands.lab.sh('jexec ioc-blog cat /data/file')).text).toBe('of the host')
    await say(hands, restart, { jail: 'blog' })
    expect((await hands.lab.sh('jexec ioc-blog cat /data/file')).text).toBe('of the host')
    expect((await hands.facts()).ownJail('blog').mounts).toEqual([{ from: join(host, 'data'), on: '/data', readOnly: true }])
    expect((await hands.lab.sh('iocage fstab -l -h blog')).text).toContain('/data')
  }, 60_000)

  it('gets another name with its mounts and its mark, and back', async () => {
    const { steps } = await hands.plan(rename, { jail: 'blog', to: 'journal' })
    const before = await trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(await trace()).toEqual(before)
    await hands.carryOut(steps)
    const jail = (await hands.facts()).ownJail('journal')
    expect(jail).toMatchObject({ hostname: 'journal', kernelName: 'ioc-journal', state: 'running', startsAtBoot: true })
    expect((await hands.lab.sh('jexec ioc-journal cat /data/file')).text).toBe('of the host')
    await say(hands, unmount, { jail: 'journal', on: '/data' })
    expect((await hands.lab.sh('jexec ioc-journal ls /data')).text).toBe('')
    expect((await hands.facts()).ownJail('journal').mounts).toEqual([])
  }, 60_000)

  it('is copied while it is stopped for a moment; the copy has its own name and address', async () => {
    const { steps } = await hands.plan(clone, { jail: 'journal', to: 'copy' })
    const before = await trace()
    await hands.takeBack(await hands.carryOut(steps))
    expect(await trace()).toEqual(before)
    await hands.carryOut(steps)
    const facts = await hands.facts()
    expect(facts.ownJail('copy')).toMatchObject({ state: 'running', hostname: 'copy', startsAtBoot: false, isMarked: true, type: 'thin' })
    expect(facts.ownJail('copy').address).not.toBe(facts.ownJail('journal').address)
    expect(facts.ownJail('journal').state).toBe('running')
  }, 60_000)

  it('needs another one, which is started before it', async () => {
    await say(hands, depend, { jail: 'copy', on: 'journal' })
    expect((await hands.facts()).ownJail('copy').depends).toEqual(['journal'])
    await say(hands, stop, { jail: 'copy' })
    await say(hands, stop, { jail: 'journal' })
    const { steps } = await hands.plan(start, { jail: 'copy' })
    await hands.takeBack(await hands.carryOut(steps))
    expect(await jls(hands)).not.toContain('ioc-')
    await hands.carryOut(steps)
    expect(await jls(hands)).toMatch(/ioc-journal[^]*ioc-copy/)
  }, 60_000)

  it('goes back to a snapshot', async () => {
    await say(hands, snapshot, { jail: 'copy', snapshot: 'first' })
    await hands.lab.sh('echo later | jexec ioc-copy tee /later')
    await say(hands, stop, { jail: 'copy' })
    await say(hands, rollback, { jail: 'copy', snapshot: 'first' })
    expect((await hands.facts()).ownJail('copy').state).toBe('stopped')
    await say(hands, start, { jail: 'copy' })
    expect((await hands.lab.sh('jexec ioc-copy cat /later')).code).not.toBe(0)
  }, 60_000)

  it('is destroyed, brought back, and purged with what it was a clone of', async () => {
    const destruction = await hands.plan(destroy, { jail: 'copy' })
    const before = await trace()
    await hands.takeBack(await hands.carryOut(destruction.steps))
    expect(await jls(hands)).toContain('ioc-copy')
    expect(await trace()).toEqual(before)
    await hands.carryOut(destruction.steps)
    expect((await hands.facts()).jails.map(({ name }) => name)).toEqual(['journal'])
    const restoration = await hands.plan(restore, { jail: 'copy' })
    await hands.takeBack(await hands.carryOut(restoration.steps))
    await hands.carryOut(restoration.steps)
    expect((await hands.facts()).ownJail('copy')).toMatchObject({ state: 'running', depends: ['journal'] })
    await say(hands, destroy, { jail: 'copy' })
    await say(hands, purge, { jail: 'copy' })
    const facts = await hands.facts()
    expect(facts.trash).toEqual([])
    expect(facts.snapshots.map(({ dataset, name }) => `${dataset}@${name}`)).toEqual(['zroot/iocage/releases/15.1-RELEASE/root@journal'])
  }, 60_000)

  it('gets its old address no more when another has it, and its name again while the old one lies in the trash', async () => {
    await say(hands, destroy, { jail: 'journal' })
    const old = (await hands.facts()).trashed('journal').address
    await hands.carryOut(await createIocage(hands, 'thief', { address: old }))
    const again = await createIocage(hands, 'journal')
    const before = await trace()
    await hands.takeBack(await hands.carryOut(again))
    expect(await trace()).toEqual(before)
    await hands.carryOut(again)
    await hands.carryOut((await hands.plan(destroy, { jail: 'journal' }, 'rzzzzzzzzzzzzzzz')).steps)
    await hands.carryOut((await hands.plan(purge, { jail: 'journal', older: 0 })).steps)
    expect((await hands.facts()).snapshots.map(({ name }) => name)).toEqual(['thief'])
    expect(existsSync(join(hands.lab.hostFolder, 'iocage/jails/journal'))).toBe(false)
    expect(readFileSync(hands.lab.layout.marks, 'utf8')).not.toContain('journal')
  }, 60_000)
})
