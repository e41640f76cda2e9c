import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

const jails = 'usr/local/bastille/jails'

describe('bastille copies jails', () => {
  let lab: TemporaryLab
  beforeAll(async () => {
    lab = await temporaryLab({ managers: ['bastille'] })
    await bastille('create wiki 15.1-RELEASE 127.0.0.5')
    await bastille('cmd wiki touch /etc/mine')
  })
  afterAll(() => lab.remove())
  const bastille = (line: string) => lab.sh(`bastille ${line}`)
  const read = (path: string) => readFileSync(join(lab.hostFolder, path), 'utf8').replaceAll(lab.hostFolder, '')

  it('under another name and address, and starts both again', async () => {
    const running = await bastille('clone wiki blog 127.0.0.6')
    const cloned = await bastille('clone -a wiki blog 127.0.0.6')

    expect(running).toMatchObject({ code: 1, text: expect.stringContaining('Jail is running.\n') })
    expect(cloned.text).toMatch(/Cloned 'wiki' to 'blog' successfully\.\n\n\[wiki\]:\nwiki: created\n\n\[blog\]:\nblog: created\n$/)
    expect(read(`${jails}/blog/jail.conf`)).toContain('ip4.addr = lo1|127.0.0.6;')
    expect(read(`${jails}/blog/jail.conf`)).not.toContain('wiki')
    expect((await bastille('cmd blog ls /etc/mine')).code).toBe(0)
    expect(await bastille('clone wiki x 127.0.0.600')).toMatchObject({ code: 1 })
  })

  it('renames them', async () => {
    expect((await bastille('rename blog news')).code).toBe(1)
    const renamed = await bastille('rename -a blog news')

    expect(renamed.text).toContain("Renamed 'blog' to 'news' successfully.\n")
    expect(read(`${jails}/news/fstab`)).toContain(`/${jails}/news/root/.bastille nullfs ro 0 0`)
    expect((await bastille('list jails')).text).toBe('news\nwiki\n')
    expect((await bastille('cmd news hostname')).text).toBe('\n[news]:\nnews\n')
  })

  it.each(['txz', 'tgz'])('packs and unpacks them, as .%s', async (ending) => {
    expect((await bastille(`export --${ending} news`)).code).toBe(1)
    const packed = await bastille(`export -a --${ending} news`)
    const { text: backups } = await bastille('list backups')
    await bastille('destroy -ay news')
    const unpacked = await bastille(`import ${backups.trim()}`)
    const started = await bastille('start news')
    await lab.sh(`rm -rf /usr/local/bastille/backups/${backups.trim()}`)

    expect(packed.text).toMatch(/Exported '.*' successfully\.\n/)
    expect(unpacked.text).toContain('File validation successful!\n')
    expect(unpacked.text).toContain("Jail 'news' imported successfully.\n")
    expect(started.text).toContain('news: created\n')
    expect((await bastille('cmd news ls /etc/mine')).code).toBe(0)
  })

  it('imports nothing that is there already, damaged or absent', async () => {
    await bastille('export -a --tgz news')
    const file = (await bastille('list backups')).text.trim()
    const there = await bastille(`import ${file}`)
    await bastille('destroy -ay news')
    await lab.sh(`echo more >>${lab.hostFolder}/usr/local/bastille/backups/${file}`)

    expect(there).toEqual({ code: 1, text: '[ERROR]: Jail: news already exists.\n' })
    expect(await bastille(`import ${file}`)).toMatchObject({ code: 1, text: expect.stringContaining('[ERROR]: Failed validation for ') })
    expect(await bastille('import news.txz')).toMatchObject({ code: 1 })
    expect((await bastille('export wiki')).code).toBe(1)
  })

  it('gives a bridged jail a cable, which goes when it stops', async () => {
    await lab.sh('ifconfig bridge0 create')
    const odd = await bastille('create -B my-web 15.1-RELEASE 10.1.1.2 bridge0')
    const made = await bastille('create -B web 15.1-RELEASE 10.1.1.2 bridge0')
    const inside = await lab.sh('jexec web ifconfig vnet0')
    const listed = JSON.parse((await bastille('list -j web')).text)
    const refused = await bastille('clone -a web web2 10.1.1.3')
    await bastille('stop web')

    expect(odd).toMatchObject({ code: 1, text: expect.stringContaining('VNET jail names may not contain') })
    expect(made.code).toBe(0)
    expect(inside.text).toContain('inet 10.1.1.2 netmask 0xffffff00')
    expect(listed).toMatchObject([{ Name: 'web', 'IP Address': '10.1.1.2' }])
    expect(refused.code).toBe(70)
    expect((await lab.sh('ifconfig -l')).text).not.toContain('e0a_web')
  })
})

describe('a host with bastille', () => {
  it('starts at boot what is to boot', async () => {
    const first = await temporaryLab({ managers: ['bastille'] })
    await first.sh('bastille create wiki 15.1-RELEASE 127.0.0.5')
    await first.sh('bastille create --no-boot shop 15.1-RELEASE 127.0.0.6')
    await first.sh('sysrc bastille_enable=YES')
    await first.stop()
    const folder = first.hostFolder.replace(/\/host$/, '')

    const second = await temporaryLab({ folder })
    const { text } = await second.sh('jls name')
    await second.remove()

    expect(text).toBe('wiki\n')
  })
})

describe('releases of bastille', () => {
  it('are fetched, given to a thin jail, and destroyed when no jail has them', async () => {
    const lab = await temporaryLab({ managers: ['bastille'] })
    const fetched = await lab.sh('bastille bootstrap 14.3-RELEASE')
    const missing = await lab.sh('bastille bootstrap 13.5-RELEASE')
    await lab.sh('bastille create wiki 14.3-RELEASE 127.0.0.5')
    const running = await lab.sh('bastille upgrade wiki 15.1-RELEASE')
    const upgraded = await lab.sh('bastille upgrade -a wiki 15.1-RELEASE')
    const fstab = readFileSync(join(lab.hostFolder, jails, 'wiki/fstab'), 'utf8')
    const destroyed = await lab.sh('bastille destroy 14.3-RELEASE')
    const left = await lab.sh('bastille list releases')
    await lab.remove()

    expect(fetched.text).toMatch(/Validated checksum for 14\.3-RELEASE: base\.txz\n[^]*Bootstrap successful\./)
    expect(missing).toEqual({ code: 1, text: "[ERROR]: Unable to fetch MANIFEST. See 'bootstrap urls'.\n" })
    expect(running.code).toBe(1)
    expect(upgraded.text).toContain('Upgraded wiki: 14.3-RELEASE -> 15.1-RELEASE\n')
    expect(fstab).toContain('/releases/15.1-RELEASE ')
    expect(destroyed.code).toBe(0)
    expect(left.text).toMatch(/^15\.1-RELEASE\S*\n$/)
  })
})
