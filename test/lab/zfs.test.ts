import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
let jails: string
beforeEach(async () => {
  lab = await temporaryLab({ zfs: true })
  jails = join(lab.hostFolder, 'usr/jails')
})
afterEach(() => lab.remove())

const withOne = async () => {
  await lab.sh('zfs create zroot/jails/one')
  lab.write('usr/jails/one/file', 'first\n')
}

describe('the pool', () => {
  it('has the datasets of a new host, below its altroot', async () => {
    const { text } = await lab.sh('zfs list -H -o name,mounted,mountpoint; zpool get -H -o value altroot')
    expect(text.replaceAll(lab.hostFolder, 'HOST')).toBe(
      'zroot\tyes\tHOST/zroot\nzroot/ROOT\tno\tnone\nzroot/ROOT/default\tyes\tHOST\nzroot/jails\tyes\tHOST/usr/jails\nzroot/usr\tno\tHOST/usr\nHOST\n',
    )
    expect(readdirSync(jails).toSorted()).toEqual(['.base', '.trash'])
  })

  it('is in the mount table and among the modules', async () => {
    const { text } = await lab.sh('kldstat -q -m zfs && mount -t zfs')
    expect(text).toContain(`zroot/jails on ${jails} (zfs, local, noatime, nfsv4acls)\n`)
  })

  it('is there only when it was asked for', async () => {
    const other = await temporaryLab()
    expect((await other.sh('zfs list')).code).toBe(127)
    expect((await other.sh('kldstat -q -m zfs')).code).toBe(1)
    await other.remove()
  })

  it('is the same after a reboot', async () => {
    await withOne()
    await lab.sh('zfs snapshot zroot/jails/one@a; zfs set org.jailops:owner=ann zroot/jails/one')
    await lab.stop()
    lab = await temporaryLab({ folder: lab.folder })
    const { text } = await lab.sh('zfs list -H -o name,org.jailops:owner -t all -r zroot/jails/one; mount -t zfs')
    expect(text).toContain('zroot/jails/one\tann\nzroot/jails/one@a\tann\n')
    expect(text).toContain(`zroot/jails/one on ${jails}/one (zfs`)
  })
})

describe('create and clone', () => {
  it('make folders at the mountpoint', async () => {
    await withOne()
    expect(await lab.sh('zfs snapshot zroot/jails/one@a; zfs clone -o org.jailops:x=1 zroot/jails/one@a zroot/jails/two')).toEqual({
      code: 0,
      text: '',
    })
    expect(readFileSync(join(jails, 'two/file'), 'utf8')).toBe('first\n')
    expect((await lab.sh('zfs get -H -o value,source origin,org.jailops:x zroot/jails/two')).text).toBe('zroot/jails/one@a\t-\n1\tlocal\n')
  })

  it.each([
    ['zfs create zroot/jails', 1, "cannot create 'zroot/jails': dataset already exists\n"],
    ['zfs create -p zroot/jails', 0, ''],
    ['zfs create zroot/x/y', 1, "cannot create 'zroot/x/y': parent does not exist\n"],
    ['zfs create -o foo=1 zroot/x', 1, "cannot create 'zroot/x': invalid property 'foo'\n"],
    ['zfs create -o atime=maybe zroot/x', 1, "cannot create 'zroot/x': 'atime' must be one of 'on | off'\n"],
    ['zfs create zroot/a%b', 1, "cannot create 'zroot/a%b': invalid character '%' in name\n"],
    ['zfs create tank/a', 1, "cannot create 'tank/a': no such pool 'tank'\n"],
    ['zfs clone zroot/jails@none zroot/x', 1, "cannot open 'zroot/jails@none': dataset does not exist\n"],
    ['zfs list nope', 1, "cannot open 'nope': dataset does not exist\n"],
    ['zfs list -t snapshot', 0, 'no datasets available\n'],
    ['zfs diff zroot@a', 70, 'lab: zfs: diff is not imitated here\n'],
  ])('%s ends with %i', async (line, code, text) => {
    expect(await lab.sh(line)).toEqual({ code, text })
  })

  it('cover what lies at the mountpoint until they go', async () => {
    lab.write('usr/jails/one/old', 'covered\n')
    await lab.sh('zfs create zroot/jails/one')
    expect(readdirSync(join(jails, 'one'))).toEqual([])
    await lab.sh('zfs destroy zroot/jails/one')
    expect(readdirSync(join(jails, 'one'))).toEqual(['old'])
  })
})

describe('destroy', () => {
  it('tells what hangs on it', async () => {
    await withOne()
    await lab.sh('zfs create zroot/jails/one/child; zfs snapshot zroot/jails/one@a')
    expect(await lab.sh('zfs destroy zroot/jails/one')).toEqual({
      code: 1,
      text: "cannot destroy 'zroot/jails/one': filesystem has children\nuse '-r' to destroy the following datasets:\nzroot/jails/one/child\nzroot/jails/one@a\n",
    })
    await lab.sh('zfs clone zroot/jails/one@a zroot/jails/two')
    expect(await lab.sh('zfs destroy -r zroot/jails/one')).toEqual({
      code: 1,
      text: "cannot destroy 'zroot/jails/one': filesystem has dependent clones\nuse '-R' to destroy the following datasets:\nzroot/jails/two\n",
    })
    expect(await lab.sh('zfs destroy zroot/jails/one@a')).toEqual({
      code: 1,
      text: "cannot destroy 'zroot/jails/one@a': snapshot has dependent clones\nuse '-R' to destroy the following datasets:\nzroot/jails/two\n",
    })
    expect(await lab.sh('zfs destroy -R zroot/jails/one; zfs list -H -o name -r zroot/jails')).toEqual({
      code: 0,
      text: 'zroot/jails\n',
    })
    expect(existsSync(join(jails, 'one'))).toBe(false)
  })

  it('of a running jail takes its snapshots before it fails', async () => {
    await withOne()
    await lab.sh('zfs snapshot zroot/jails/one@a; jail -c name=one path=/usr/jails/one persist')
    expect(await lab.sh('zfs destroy -r zroot/jails/one')).toEqual({
      code: 1,
      text: `cannot unmount '${jails}/one': pool or dataset is busy\n`,
    })
    expect((await lab.sh('zfs list -H -o name -t all -r zroot/jails/one')).text).toBe('zroot/jails/one\n')
  })

  it('is kept off by a mount below', async () => {
    await withOne()
    await lab.sh('mkdir /usr/jails/one/mnt; mount -t nullfs /root /usr/jails/one/mnt')
    expect((await lab.sh('zfs destroy -f zroot/jails/one')).text).toContain('pool or dataset is busy')
    expect(await lab.sh('umount /usr/jails/one/mnt; zfs destroy zroot/jails/one')).toEqual({ code: 0, text: '' })
  })
})
