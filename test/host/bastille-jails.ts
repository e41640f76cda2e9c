import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { bastilleLab, type BastilleLab, newJail } from './bastille-lab.ts'

/** The steps of bastille's driver, carried out on the lab's bastille 1.4.4 with its lies, and taken back again. */
export function bastilleJails(zfs: boolean): void {
  describe(zfs ? 'in a pool' : 'on UFS', () => {
    let here: BastilleLab
    beforeAll(async () => {
      here = await bastilleLab(zfs)
    })
    afterAll(() => here?.remove())

    test('a jail is made, with nginx inside, and starts at boot', async () => {
      await here.thereAndBack(async () => {
        const { drivers } = await here.look()
        const jail = newJail('blog', '127.0.0.5')
        const made = drivers.jails.expected(jail)
        return [
          ...drivers.jails.create(jail, 'raaaaaaaaaaaaaaa'),
          ...drivers.site.install(made, jail.address),
          ...drivers.jails.boot(jail, true),
        ]
      })
      const { facts, drivers } = await here.look()
      expect(facts.ownJail('blog')).toMatchObject({
        ...drivers.jails.expected(newJail('blog', '127.0.0.5')),
        state: 'running',
        properties: expect.objectContaining({ boot: 'on', 'ip4.addr': 'lo1|127.0.0.5' }),
      })
      expect(facts.addresses.taken).toContain('127.0.0.5')
      expect((await here.sh('sysrc -n bastille_enable')).text).toBe('YES\n')
    }, 120_000)

    test('a thick one, too', async () => {
      await here.thereAndBack(async () =>
        (await here.look()).drivers.jails.make(newJail('shop', '127.0.0.6', { type: 'thick' }), 'rbbbbbbbbbbbbbbb'),
      )
      expect((await here.look()).facts.ownJail('shop')).toMatchObject({ state: 'stopped', type: 'thick', startsAtBoot: false })
    }, 120_000)

    test('of a create that lies, fails or stays half nothing is left', async () => {
      const { drivers } = await here.look()
      const steps = drivers.jails.make(newJail('late', '127.0.0.7'), 'rccccccccccccccc')
      const before = await here.traces()
      setFaults(here.lab.folder, [{ program: 'bastille', argumentsInclude: ['create'], exitCode: 0 }])
      expect(await here.fail(steps)).toContain('reported success')
      setFaults(here.lab.folder, [{ program: 'bastille', argumentsInclude: ['create'], exitCode: 1, stderr: 'no\n', thenRun: true }])
      expect(await here.fail(steps)).toContain('bastille failed with exit code 1')
      // and its own destroy says that it has done it
      setFaults(here.lab.folder, [
        { program: 'bastille', argumentsInclude: ['create'], exitCode: 1, stderr: 'no\n', thenRun: true },
        { program: 'bastille', argumentsInclude: ['destroy'], exitCode: 0 },
      ])
      expect(await here.fail(steps)).toContain('bastille failed')
      setFaults(here.lab.folder, [])
      await here.sh(`mv ${here.lab.layout.bastille.prefix}/releases/15.1-RELEASE/etc/rc /rc`)
      expect(await here.fail(steps)).toContain('Failed to create jail: late')
      await here.sh(`mv /rc ${here.lab.layout.bastille.prefix}/releases/15.1-RELEASE/etc/rc`)
      // the second start fails: it says 0 and the jail does not run
      setFaults(here.lab.folder, [{ program: 'bastille', argumentsInclude: ['create'], exitCode: 0, thenRun: true }])
      const stopped = steps.toSpliced(3, 0, {
        title: 'Stop it by hand',
        action: { kind: 'run', argv: ['jail', '-r', 'late'], timeoutSeconds: 30 },
      })
      expect(await here.fail(stopped)).toContain('did not bring late to where it runs')
      setFaults(here.lab.folder, [])
      expect(await here.traces()).toEqual(before)
    }, 120_000)

    test('what begins with its name is left alone when half a jail goes', async () => {
      await here.carryOut((await here.look()).drivers.jails.make(newJail('web-two', '127.0.0.8'), 'rddddddddddddddd'))
      const steps = (await here.look()).drivers.jails.make(newJail('web', '127.0.0.9'), 'reeeeeeeeeeeeeee')
      const before = await here.traces()
      // a folder and no jail.conf: to bastille `web` means web-two now
      const at = steps.findIndex(({ undo }) => undo !== undefined)
      const create = steps[at]
      if (create === undefined) throw new Error('no step')
      const half: Step = { ...create, action: { kind: 'run', argv: ['mkdir', '-p', `${here.jails}/web/root`], timeoutSeconds: 30 } }
      expect(await here.fail(steps.with(at, half))).toContain('did not bring web')
      expect(await here.traces()).toEqual(before)
    }, 120_000)

    test('it stops and starts, and says when it does not', async () => {
      const { facts, drivers } = await here.look()
      await here.thereAndBack(async () => drivers.jails.stop(facts.ownJail('blog')))
      expect(await here.running()).toEqual([])
      setFaults(here.lab.folder, [{ program: 'jail', argumentsInclude: ['-c'], exitCode: 0, times: 1 }])
      const stopped = await here.look()
      expect(await here.fail(stopped.drivers.jails.start(stopped.facts.ownJail('blog')))).toContain('reported success')
      setFaults(here.lab.folder, [])
      await here.carryOut(stopped.drivers.jails.start(stopped.facts.ownJail('blog')))
      expect(await here.running()).toEqual(['blog'])
    })

    test('with what it needs, and with the limits that bastille was told', async () => {
      const { facts, drivers } = await here.look()
      await here.thereAndBack(async () => drivers.jails.depend(facts.ownJail('blog'), ['shop']))
      expect(here.read('blog/settings.conf')).toContain('depend="shop"')
      expect((await here.look()).facts.ownJail('blog').depends).toEqual(['shop'])
      writeFileSync(`${here.jails}/shop/rctl.conf`, 'jail:shop:memoryuse:deny=1G/jail\n')
      await here.thereAndBack(async () => {
        const now = await here.look()
        return now.drivers.jails.start(now.facts.ownJail('shop'))
      })
      expect((await here.sh('rctl')).text).toBe('jail:shop:memoryuse:deny=1073741824\n')
      await here.thereAndBack(async () => {
        const now = await here.look()
        return now.drivers.jails.stop(now.facts.ownJail('shop'))
      })
      expect((await here.sh('rctl')).text).toBe('')
    })

    test('a property, live and in its file', async () => {
      await here.thereAndBack(async () => {
        const { facts, drivers } = await here.look()
        return drivers.jails.set(facts.ownJail('blog'), 'allow.raw_sockets', '1').steps
      })
      expect(here.read('blog/jail.conf')).toContain('\n  allow.raw_sockets;\n')
      expect((await here.sh('jls -j blog allow.raw_sockets')).text.trim()).toBe('true')
      const { facts, drivers } = await here.look()
      expect(drivers.jails.set(facts.ownJail('blog'), 'allow.raw_sockets', 'yes').steps).toEqual([])
      await here.carryOut(drivers.jails.set(facts.ownJail('blog'), 'allow.raw_sockets', undefined).steps)
      expect(here.read('blog/jail.conf')).not.toContain('raw_sockets')
      expect((await here.sh('jls -j blog allow.raw_sockets')).text.trim()).toBe('false')
    })

    test('a folder of the host shows in it, while it runs and after that', async () => {
      const from = join(here.lab.hostFolder, 'data')
      mkdirSync(from, { recursive: true })
      const mount = { from, on: '/data', readOnly: true }
      await here.thereAndBack(async () => {
        const { facts, drivers } = await here.look()
        return drivers.jails.mount(facts.ownJail('blog'), mount)
      })
      const { facts, drivers } = await here.look()
      expect(facts.ownJail('blog').mounts).toEqual([mount])
      expect((await here.sh('mount -p')).text).toContain(`${here.jails}/blog/root/data`)
      await here.carryOut([...drivers.jails.stop(facts.ownJail('blog')), ...drivers.jails.start(facts.ownJail('blog'))])
      expect((await here.sh('mount -p')).text).toContain(`${here.jails}/blog/root/data`)
      await here.thereAndBack(async () => {
        const now = await here.look()
        return now.drivers.jails.unmount(now.facts.ownJail('blog'), mount)
      })
      expect(here.read('blog/fstab')).not.toContain('/data ')
      expect((await here.sh('mount -p')).text).not.toContain('root/data')
    })

    test('a tag of its own and those of bastille', async () => {
      await here.sh('bastille tags blog add front,old')
      const { facts, drivers } = await here.look()
      expect(facts.ownJail('blog').tags).toEqual(['front', 'old'])
      await here.thereAndBack(async () =>
        drivers.jails.mark(facts.ownJail('blog'), { ours: true, tags: ['front', 'web'], note: 'ticket 12' }),
      )
      expect((await here.look()).facts.ownJail('blog')).toMatchObject({ tags: ['front', 'web'], note: 'ticket 12' })
      expect(here.read('blog/tags')).toBe('front\n')
    })

    test('what a failed create of somebody else left is broken, and its name is taken', async () => {
      mkdirSync(`${here.jails}/debris/root`, { recursive: true })
      const { facts, drivers } = await here.look()
      expect(facts.jail('debris')).toMatchObject({
        state: 'broken',
        problem: expect.stringContaining('create or destroy of bastille that failed'),
      })
      expect(await here.fail(drivers.jails.make(newJail('debris', '127.0.0.14'), 'rooooooooooooooo'))).toContain('is there already')
      expect(existsSync(`${here.jails}/debris/root`)).toBe(true)
    })
  })
}
