import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

const jails = 'usr/local/bastille/jails'
const releases = 'usr/local/bastille/releases'

describe('bastille makes jails', () => {
  let lab: TemporaryLab
  beforeAll(async () => {
    lab = await temporaryLab({ managers: ['bastille'] })
  })
  afterAll(() => lab.remove())
  const bastille = (line: string, input?: string) => lab.sh(`bastille ${line}`, input)
  const read = (path: string) => readFileSync(join(lab.hostFolder, path), 'utf8').replaceAll(lab.hostFolder, '')

  it('is of 1.4.4 and has a release', async () => {
    expect(await bastille('-v')).toEqual({ code: 0, text: '1.4.4\n' })
    expect(await bastille('bootstrap 15.1-RELEASE')).toEqual({ code: 0, text: 'Bootstrap appears complete.\n' })
    expect((await bastille('list releases')).text).toMatch(/^15\.1-RELEASE/)
  })

  it('a thin one: its base is the release, mounted below its root', async () => {
    const made = await bastille('create --no-boot -p 20 --tags web,front wiki 15.1-RELEASE 127.0.0.5 lo1')
    const { text: mounts } = await lab.sh('mount -t nullfs')

    expect(made.code).toBe(0)
    expect(made.text).toContain('\nCreating a thinjail...\n\n[wiki]:\nwiki: created\n')
    expect(mounts.replaceAll(lab.hostFolder, '')).toBe(
      `/${releases}/15.1-RELEASE on /${jails}/wiki/root/.bastille (nullfs, local, read-only)\n`,
    )
    expect(await bastille('cmd wiki cat /bin/sh')).toEqual({ code: 0, text: '\n[wiki]:\n#!/bin/sh\n# lab: imitated\n' })
    expect(statSync(join(lab.hostFolder, jails, 'wiki')).mode & 0o777).toBe(0o700)
    expect(read(`${jails}/wiki/settings.conf`)).toBe('boot="off"\ndepend=""\npriority="20"\n')
    expect(read(`${jails}/wiki/fstab`)).toBe(`/${releases}/15.1-RELEASE /${jails}/wiki/root/.bastille nullfs ro 0 0\n`)
  })

  it('whose jail.conf is as the real one writes it', () => {
    const conf = read(`${jails}/wiki/jail.conf`).replace(/osrelease = .*/, 'osrelease')

    expect(conf).toBe(`wiki {
  enforce_statfs = 2;
  devfs_ruleset = 4;
  exec.clean;
  exec.consolelog = /var/log/bastille/wiki_console.log;
  exec.start = '/bin/sh /etc/rc';
  exec.stop = '/bin/sh /etc/rc.shutdown';
  host.hostname = wiki;
  mount.devfs;
  mount.fstab = /${jails}/wiki/fstab;
  path = /${jails}/wiki/root;
  securelevel = 2;
  osrelease

  ip4.addr = lo1|127.0.0.5;
  ${''}
  ip6 = disable;
}
`)
  })

  it('a thick one is a copy, an empty one is not started', async () => {
    const thick = await bastille('create -T shop 15.1-RELEASE 127.0.0.6')
    const empty = await bastille('create -E bare')
    const { text } = await bastille('list type')

    expect([thick.code, empty.code]).toEqual([0, 0])
    expect(text).toMatch(/-\s+bare\s+thick\n\s*\d+\s+shop\s+thick\n\s*\d+\s+wiki\s+thin\n/)
    expect(existsSync(join(lab.hostFolder, jails, 'shop/root/bin/sh'))).toBe(true)
  })

  it('nothing of a wrong name, release, address or interface', async () => {
    const wrong = async (args: string) => {
      const { code, text } = await bastille(`create ${args}`)
      return [code, text.trim().split('\n').at(-1)]
    }

    expect(await wrong('wiki 15.1-RELEASE 127.0.0.9')).toEqual([1, '[ERROR]: Jail already exists: wiki'])
    expect(await wrong('a.b 15.1-RELEASE 127.0.0.9')).toEqual([1, '[ERROR]: Jail names may not contain special characters!'])
    expect(await wrong('12 15.1-RELEASE 127.0.0.9')).toEqual([1, '[ERROR]: Jail names may not contain only digits.'])
    expect(await wrong('x 13.5-RELEASE 127.0.0.9')).toEqual([1, "See 'bastille bootstrap'."])
    expect(await wrong('x 15.1-RELEASE 127.0.0.900')).toEqual([1, '[ERROR]: Invalid IP: 127.0.0.900'])
    expect(await wrong('x 15.1-RELEASE 127.0.0.9 em9')).toEqual([1, '[ERROR]: Invalid interface: em9'])
    expect(await wrong('-q x 15.1-RELEASE 127.0.0.9')).toEqual([1, '[ERROR]: Unknown Option: "-q"'])
    expect((await bastille('create -L x noble 127.0.0.9')).code).toBe(70)
  })

  it('of an address that is taken it only warns', async () => {
    const { code, text } = await bastille('create twin 15.1-RELEASE 127.0.0.5')

    expect(code).toBe(0)
    expect(text).toContain('[WARNING]: IP address in use: 127.0.0.5\n')
    expect(text).toContain('[ERROR]: IP address (127.0.0.5) already in use.\ntwin: created\n')
  })

  it('one whose first start fails it destroys again', async () => {
    await lab.sh(`mv /${releases}/15.1-RELEASE/etc/rc /rc`)
    const { code, text } = await bastille('create late 15.1-RELEASE 127.0.0.8')
    await lab.sh(`mv /rc /${releases}/15.1-RELEASE/etc/rc`)

    expect(code).toBe(1)
    expect(text).toMatch(/late: \/bin\/sh \/etc\/rc: failed\n[^]*Destroying jail[^]*\[ERROR\]: Failed to create jail: late\n$/)
    expect(existsSync(join(lab.hostFolder, jails, 'late'))).toBe(false)
  })

  it('one whose files cannot be copied stays half made: its own destroy asks and gets no answer', async () => {
    lab.write(`${jails}/half/root/etc`, '')
    const { code, text } = await bastille('create half 15.1-RELEASE 127.0.0.8')

    expect(code).toBe(1)
    expect(text).toMatch(/Please answer 'y' or 'n'\.\n\[ERROR\]: Failed to copy release files\. Please retry create!\n$/)
    expect((await bastille('list jails')).text).toContain('half\n')
    expect((await bastille('destroy -y half')).code).toBe(0)
  })
})

describe('bastille starts, stops and destroys', () => {
  let lab: TemporaryLab
  beforeAll(async () => {
    lab = await temporaryLab({ managers: ['bastille'] })
    for (const [at, name] of ['wiki', 'shop', 'app-current', 'all'].entries())
      await bastille(`create ${name} 15.1-RELEASE 127.0.0.${at + 5}`)
  })
  afterAll(() => lab.remove())
  const bastille = (line: string, input?: string) => lab.sh(`bastille ${line}`, input)

  it('saying 0 when it did nothing', async () => {
    expect(await bastille('start wiki')).toEqual({ code: 0, text: '\n[wiki]:\nJail is already running.\n' })
    await bastille('stop wiki')
    expect(await bastille('stop wiki')).toEqual({ code: 0, text: '\n[wiki]:\nJail is already stopped.\n' })
    expect(await bastille('start nobody')).toEqual({ code: 1, text: '[ERROR]: Jail not found: nobody\n' })
  })

  it('saying 0 when jail(8) failed', async () => {
    await bastille('config wiki set exec.prestart /usr/bin/false')
    const failed = await bastille('start wiki')
    await bastille('config wiki remove exec.prestart')

    expect(failed).toEqual({ code: 0, text: '\n[wiki]:\njail: wiki: /usr/bin/false: failed\n' })
  })

  it('not destroying what runs, with 0; with -a it stops, asks, and ends with 1', async () => {
    const asked = `\n[shop]:\nJail is running.\nUse [-a|--auto] to auto-stop the jail.\n`
    expect(await bastille('destroy shop')).toEqual({ code: 0, text: asked })

    const { code, text } = await bastille('destroy -a shop')

    expect(code).toBe(1)
    expect(text).toMatch(/shop: removed[^]*Attempting to destroy jail: shop[^]*Please answer 'y' or 'n'\.\n$/)
    expect((await lab.sh('jls -c -j shop')).code).toBe(1)
    expect((await bastille('list jails')).text).toContain('shop\n')
    expect((await bastille('destroy shop', 'yes\n')).text).toContain('Destroying jail...\n')
  })

  it('never a jail whose name looks like a release', async () => {
    const { code, text } = await bastille('destroy -ay app-current')

    expect(code).toBe(1)
    expect(text).toMatch(/^Usage: bastille destroy/)
  })

  it('no release that a jail stands on, saying 0', async () => {
    const { code, text } = await bastille('destroy 15.1-RELEASE')

    expect(code).toBe(0)
    expect(text).toContain('[ERROR]: (wiki) depends on 15.1-RELEASE base.\n')
    expect(text).toContain('[ERROR]: Cannot destroy base with child containers.\n')
  })

  it('every jail, when one is called all', async () => {
    expect((await bastille('destroy -ay all')).code).toBe(0)
    expect(await bastille('list jails')).toEqual({ code: 0, text: '' })
  })
})
