import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

describe('bastille on ZFS', () => {
  let lab: TemporaryLab
  beforeAll(async () => {
    lab = await temporaryLab({ managers: ['bastille'], zfs: true })
  })
  afterAll(() => lab.remove())
  const bastille = (line: string) => lab.sh(`bastille ${line}`)
  const datasets = async (below: string) => (await lab.sh(`zfs list -H -r -o name,origin ${below}`)).text

  it('has datasets of its own', async () => {
    expect((await lab.sh('zfs list -H -o mountpoint zroot/bastille/releases/15.1-RELEASE')).text.trim()).toBe(
      join(lab.hostFolder, 'usr/local/bastille/releases/15.1-RELEASE'),
    )
    expect(readFileSync(join(lab.hostFolder, 'usr/local/etc/bastille/bastille.conf'), 'utf8')).toContain('bastille_zfs_enable="YES"')
  })

  it('makes thin jails, thick ones and clones', async () => {
    for (const [at, words] of ['wiki', '-T shop', '-C blog'].entries())
      expect((await bastille(`create ${words} 15.1-RELEASE 127.0.0.${at + 5}`)).code).toBe(0)
    const types = JSON.parse((await bastille('list -j type')).text)

    expect(types).toMatchObject([
      { Name: 'blog', Type: 'clone' },
      { Name: 'shop', Type: 'thick' },
      { Name: 'wiki', Type: 'thin' },
    ])
    expect(await datasets('zroot/bastille/jails/blog')).toMatch(/blog\/root\tzroot\/bastille\/releases\/15\.1-RELEASE@bastille-clone-/)
    expect(await datasets('zroot/bastille/jails/shop')).toBe('zroot/bastille/jails/shop\t-\nzroot/bastille/jails/shop/root\t-\n')
  })

  it('goes back to a snapshot', async () => {
    const made = await bastille('zfs blog snapshot before')
    await bastille('cmd blog touch /etc/new')
    await bastille('stop blog')
    const restored = await bastille('zfs blog rollback before')
    await bastille('start blog')

    expect(made).toEqual({ code: 0, text: '\n[blog]:\nSnapshot created: before\n' })
    expect(restored).toEqual({ code: 0, text: '\n[blog]:\nSnapshot restored: before\n' })
    expect((await bastille('cmd blog ls /etc/new')).code).toBe(1)
  })

  it('says 0 of a snapshot that is not there', async () => {
    expect(await bastille('zfs blog rollback never')).toEqual({ code: 0, text: '\n[blog]:\n[ERROR]: Snapshot not found: never\n' })
    const ending = await bastille('zfs blog rollback ore')
    const gone = await bastille('zfs blog destroy never')

    expect(ending).toMatchObject({ code: 0, text: expect.stringContaining('[ERROR]: Failed to restore snapshot: ore.\n') })
    expect(gone).toMatchObject({ code: 0, text: expect.stringContaining('[ERROR]: Failed to destroy snapshot: never\n') })
    expect(await bastille('zfs blog destroy before')).toEqual({ code: 0, text: '\n[blog]:\nSnapshot destroyed: before\n' })
  })

  it('clones a running jail and renames a stopped one', async () => {
    const cloned = await bastille('clone -l blog news 127.0.0.9')
    const renamed = await bastille('rename -a news paper')

    expect(cloned.text).toContain("Cloned 'blog' to 'news' successfully.\n")
    expect(renamed.text).toMatch(/Renamed 'news' to 'paper' successfully\.\n\n\[paper\]:\npaper: created\n$/)
    expect((await lab.sh('zfs list -H -t snapshot -o name -r zroot/bastille/jails')).text).toBe('')
  })

  it('packs and unpacks a jail', async () => {
    await bastille('export -a --txz paper')
    await bastille('destroy -ay paper')
    const unpacked = await bastille(`import ${(await bastille('list backups')).text.trim()}`)

    expect(unpacked.text).toContain("Jail 'paper' imported successfully.\n")
    expect(await datasets('zroot/bastille/jails/paper')).toContain('paper/root')
    expect((await bastille('start paper')).text).toContain('paper: created\n')
  })

  it('destroys no release while a clone stands on it, and every dataset of a jail', async () => {
    await bastille('destroy -ay wiki')
    await bastille('destroy -ay paper')
    const refused = await bastille('destroy 15.1-RELEASE')
    await bastille('destroy -ay all')
    const destroyed = await bastille('destroy 15.1-RELEASE')

    expect(refused.text).toMatch(/\(blog\) depends on 15\.1-RELEASE base\.\n\[ERROR\]: Cannot destroy base with child containers\.\n$/)
    expect(destroyed.code).toBe(0)
    expect(await datasets('zroot/bastille/jails')).toBe('zroot/bastille/jails\t-\n')
    expect((await bastille('list releases')).text).toBe('')
  })
})
