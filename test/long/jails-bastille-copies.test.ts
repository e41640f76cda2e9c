import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bastilleLab, type BastilleLab, newJail } from '../host/bastille-lab.ts'

/* Names, copies, the trash, archives and releases of bastille's jails, carried out on the lab and taken back again. */

for (const zfs of [false, true]) {
  describe(zfs ? 'in a pool' : 'on UFS', () => {
    let here: BastilleLab
    beforeAll(async () => {
      here = await bastilleLab(zfs)
      const { drivers } = await here.look()
      const blog = newJail('blog', '127.0.0.5')
      await here.carryOut([
        ...drivers.jails.make(blog, 'raaaaaaaaaaaaaaa'),
        ...drivers.jails.mark(drivers.jails.expected(blog), { ours: true, tags: ['web'], note: '' }),
        ...drivers.jails.boot(blog, true),
        ...drivers.jails.make(newJail('shop', '127.0.0.6', { type: 'thick' }), 'rbbbbbbbbbbbbbbb'),
      ])
    }, 60_000)
    afterAll(() => here?.remove())

    test('another name', async () => {
      await here.thereAndBack(async () => {
        const { facts, drivers } = await here.look()
        return drivers.jails.rename(facts.ownJail('blog'), 'journal')
      })
      const { facts, drivers } = await here.look()
      expect(facts.jails.map(({ name }) => name)).not.toContain('blog')
      expect(facts.ownJail('journal')).toMatchObject({ hostname: 'journal', root: `${here.jails}/journal/root`, tags: ['web'] })
      await here.carryOut(drivers.jails.start(facts.ownJail('journal')))
      expect((await here.sh('jexec journal cat /bin/sh')).code).toBe(0)
      expect((await here.sh('bastille list jails')).text).toContain('journal')
      const now = await here.look()
      await here.carryOut([
        ...now.drivers.jails.stop(now.facts.ownJail('journal')),
        ...now.drivers.jails.rename(now.facts.ownJail('journal'), 'blog'),
      ])
    }, 60_000)

    test('a copy', async () => {
      await here.thereAndBack(async () => {
        const { facts, drivers } = await here.look()
        return drivers.jails.clone(facts.ownJail('blog'), newJail('copy', '127.0.0.10'), 'rfffffffffffffff')
      })
      const { facts, drivers } = await here.look()
      expect(facts.ownJail('copy')).toMatchObject({
        address: '127.0.0.10',
        addresses: ['127.0.0.10'],
        hostname: 'copy',
        startsAtBoot: false,
      })
      await here.carryOut([...drivers.jails.start(facts.ownJail('blog')), ...drivers.jails.start(facts.ownJail('copy'))])
      expect((await here.running()).toSorted()).toEqual(['blog', 'copy'])
      expect((await here.sh('bastille list -j')).text).toContain('"copy"')
    }, 60_000)

    test('the trash and back, at another address; and for good', async () => {
      const destroy = async (name: string) => {
        const { facts, drivers } = await here.look()
        const jail = facts.ownJail(name)
        return [
          ...drivers.jails.boot(jail, false),
          ...(jail.state === 'running' ? drivers.jails.stop(jail) : []),
          ...drivers.trash.put(jail, [], `rg${'g'.repeat(14)}`),
        ]
      }
      await here.thereAndBack(() => destroy('blog'))
      expect(existsSync(`${here.jails}/blog`)).toBe(false)
      expect((await here.look()).facts.jails.map(({ name }) => name)).not.toContain('blog')
      await here.thereAndBack(async () => {
        const { facts, drivers } = await here.look()
        const entry = facts.trashed('blog')
        return [...drivers.trash.back(entry, '127.0.0.11'), ...drivers.jails.boot(entry, true)]
      })
      expect((await here.look()).facts.ownJail('blog')).toMatchObject({ state: 'running', address: '127.0.0.11', tags: ['web'] })
      await here.carryOut(await destroy('copy'))
      const { facts, drivers } = await here.look()
      await here.carryOut(drivers.trash.purge(facts.trashed('copy')))
      expect((await here.look()).facts.trash).toEqual([])
    }, 120_000)

    test('an archive becomes a jail again, thin or thick as it was', async () => {
      for (const [name, type] of [
        ['blog', 'thin'],
        ['shop', 'thick'],
      ] as const) {
        const { facts, drivers } = await here.look()
        const jail = facts.ownJail(name)
        await here.carryOut([
          ...(jail.state === 'running' ? drivers.jails.stop(jail) : []),
          ...drivers.archives.write(jail, `rh${'h'.repeat(14)}`),
        ])
        await here.thereAndBack(async () => {
          const now = await here.look()
          const archive = now.facts.archives.find((one) => one.jail.name === name)
          if (archive === undefined) throw new Error('no archive')
          const made = newJail(`${name}-again`, '127.0.0.12', { type, release: '15.1-RELEASE' })
          return [
            ...now.drivers.archives.read(archive, made, 'riiiiiiiiiiiiiii'),
            ...now.drivers.jails.start(now.drivers.jails.expected(made)),
          ]
        })
        const again = await here.look()
        expect(again.facts.ownJail(`${name}-again`)).toMatchObject({ state: 'running', type, address: '127.0.0.12' })
        expect((await here.sh(`jexec ${name}-again cat /bin/sh`)).code).toBe(0)
        await here.carryOut(again.drivers.jails.stop(again.facts.ownJail(`${name}-again`)))
      }
    }, 120_000)

    test('patches and another release for a thick one; another release to share for a thin one', async () => {
      await here.sh('bastille bootstrap 15.0-RELEASE')
      const { facts, drivers } = await here.look()
      await here.carryOut(drivers.jails.update(facts.ownJail('shop'), 'rjjjjjjjjjjjjjjj'))
      expect(here.read('shop/root/bin/freebsd-version')).toMatch(/USERLAND_VERSION="15\.1-RELEASE-p[0-9]+"/)
      expect(await here.running()).not.toContain('shop')
      expect(() => drivers.jails.update(facts.ownJail('blog'), 'rkkkkkkkkkkkkkkk')).toThrow('/release update 15.1-RELEASE manager:bastille')
      await here.thereAndBack(async () => {
        const now = await here.look()
        return now.drivers.jails.upgrade(now.facts.ownJail('blog'), '15.0-RELEASE', 'rlllllllllllllll')
      })
      expect((await here.look()).facts.ownJail('blog')).toMatchObject({ release: '15.0-RELEASE', type: 'thin' })
      await here.carryOut(
        (await here.look()).drivers.jails.make(
          newJail('older', '127.0.0.13', { type: 'thick', release: '15.0-RELEASE' }),
          'rmmmmmmmmmmmmmmm',
        ),
      )
      const later = await here.look()
      await here.carryOut(later.drivers.jails.upgrade(later.facts.ownJail('older'), '15.1-RELEASE', 'rnnnnnnnnnnnnnnn'))
      expect(here.read('older/root/bin/freebsd-version')).toContain('15.1-RELEASE')
      expect((await here.look()).facts.ownJail('older').release).toBe('15.1-RELEASE')
    }, 120_000)
  })
}
