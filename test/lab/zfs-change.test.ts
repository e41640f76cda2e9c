import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
let jails: string
beforeEach(async () => {
  lab = await temporaryLab({ zfs: true })
  jails = join(lab.hostFolder, 'usr/jails')
  await lab.sh('zfs create zroot/jails/one')
  lab.write('usr/jails/one/file', 'first\n')
  await lab.sh('zfs snapshot zroot/jails/one@a')
})
afterEach(() => lab.remove())

const read = (path: string) => readFileSync(join(jails, path), 'utf8')

describe('rollback', () => {
  it('brings the files back, below a running jail too', async () => {
    await lab.sh('jail -c name=one path=/usr/jails/one persist')
    lab.write('usr/jails/one/file', 'second\n')
    lab.write('usr/jails/one/other', 'new\n')
    expect(await lab.sh('zfs rollback zroot/jails/one@a')).toEqual({ code: 0, text: '' })
    expect(read('one/file')).toBe('first\n')
    expect(readdirSync(join(jails, 'one'))).toEqual(['file'])
  })

  it('past newer snapshots needs -r, past their clones -R', async () => {
    await lab.sh('zfs snapshot zroot/jails/one@b')
    expect(await lab.sh('zfs rollback zroot/jails/one@a')).toEqual({
      code: 1,
      text: "cannot rollback to 'zroot/jails/one@a': more recent snapshots or bookmarks exist\nuse '-r' to force deletion of the following snapshots and bookmarks:\nzroot/jails/one@b\n",
    })
    await lab.sh('zfs clone zroot/jails/one@b zroot/jails/two')
    expect((await lab.sh('zfs rollback -r zroot/jails/one@a')).text).toContain('clones of previous snapshots exist')
    expect(await lab.sh('zfs rollback -R zroot/jails/one@a; zfs list -H -o name -t all -r zroot/jails')).toEqual({
      code: 0,
      text: 'zroot/jails\nzroot/jails/one\nzroot/jails/one@a\n',
    })
  })
})

describe('rename', () => {
  it('takes children, snapshots, clones and folders along', async () => {
    await lab.sh('zfs create zroot/jails/one/root; zfs clone zroot/jails/one@a zroot/jails/two')
    lab.write('usr/jails/one/root/x', 'x\n')
    expect(await lab.sh('zfs rename zroot/jails/one zroot/jails/new')).toEqual({ code: 0, text: '' })
    expect((await lab.sh('zfs list -H -o name,origin -t all -r zroot/jails')).text).toBe(
      'zroot/jails\t-\nzroot/jails/new\t-\nzroot/jails/new@a\t-\nzroot/jails/new/root\t-\nzroot/jails/two\tzroot/jails/new@a\n',
    )
    expect([read('new/root/x'), existsSync(join(jails, 'one'))]).toEqual(['x\n', false])
  })

  it('fails while a jail runs in it, and onto what is there', async () => {
    await lab.sh('zfs create zroot/jails/two; jail -c name=one path=/usr/jails/one persist')
    const busy = await lab.sh('zfs rename zroot/jails/one zroot/jails/new')
    const there = await lab.sh('zfs rename zroot/jails/two zroot/jails/one')
    expect(busy).toEqual({ code: 1, text: `cannot unmount '${jails}/one': pool or dataset is busy\n` })
    expect(there).toEqual({ code: 1, text: "cannot rename 'zroot/jails/two': dataset already exists\n" })
  })

  it('of a snapshot', async () => {
    expect((await lab.sh('zfs rename zroot/jails/one@a zroot/jails/one@b; zfs list -H -o name -t snapshot')).text).toBe(
      'zroot/jails/one@b\n',
    )
  })
})

describe('the rest', () => {
  it('promote turns a clone and its origin round', async () => {
    await lab.sh('zfs clone zroot/jails/one@a zroot/jails/two; zfs promote zroot/jails/two')
    expect((await lab.sh('zfs list -H -o name,origin -t all -r zroot/jails')).text).toBe(
      'zroot/jails\t-\nzroot/jails/one\tzroot/jails/two@a\nzroot/jails/two\t-\nzroot/jails/two@a\t-\n',
    )
    expect(await lab.sh('zfs destroy zroot/jails/one; zfs promote zroot/jails/two')).toEqual({
      code: 1,
      text: "cannot promote 'zroot/jails/two': not a cloned filesystem\n",
    })
  })

  it('send and receive round-trip, by a pipe and by a file', async () => {
    await lab.sh('zfs create zroot/jails/one/root')
    lab.write('usr/jails/one/root/x', 'x\n')
    await lab.sh('zfs snapshot -r zroot/jails/one@s')
    expect(
      await lab.sh(`zfs send -R zroot/jails/one@s | zfs receive zroot/jails/two
        zfs send zroot/jails/one@a > '${lab.hostFolder}/tmp/a'; zfs receive -u zroot/jails/three@z < '${lab.hostFolder}/tmp/a'`),
    ).toEqual({ code: 0, text: '' })
    expect([read('two/file'), read('two/root/x')]).toEqual(['first\n', 'x\n'])
    expect((await lab.sh('zfs list -H -o name,mounted -t all -r zroot/jails/two zroot/jails/three')).text).toBe(
      'zroot/jails/three\tno\nzroot/jails/three@z\t-\nzroot/jails/two\tyes\nzroot/jails/two@a\t-\nzroot/jails/two@s\t-\nzroot/jails/two/root\tyes\nzroot/jails/two/root@s\t-\n',
    )
    expect(await lab.sh('echo rubbish | zfs receive zroot/x; zfs send zroot/jails/one@a | zfs receive zroot/jails/two')).toEqual({
      code: 1,
      text: "cannot receive: invalid stream (bad magic number)\ncannot receive new filesystem stream: destination 'zroot/jails/two' exists\nmust specify -F to overwrite it\n",
    })
  })

  it('unmount takes the content away, mount brings it back', async () => {
    await lab.sh('zfs unmount zroot/jails/one')
    expect(readdirSync(join(jails, 'one'))).toEqual([])
    expect((await lab.sh('zfs mount zroot/jails/one; zfs mount zroot/jails/one')).text).toBe(
      "cannot mount 'zroot/jails/one': filesystem already mounted\n",
    )
    expect(read('one/file')).toBe('first\n')
    expect((await lab.sh('umount /usr/jails/one; zfs get -H -o value mounted zroot/jails/one')).text).toBe('no\n')
  })

  it('a new mountpoint moves it, inherit brings it home', async () => {
    await lab.sh('zfs set mountpoint=/var/one zroot/jails/one')
    expect(readFileSync(join(lab.hostFolder, 'var/one/file'), 'utf8')).toBe('first\n')
    await lab.sh('zfs inherit mountpoint zroot/jails/one')
    expect(read('one/file')).toBe('first\n')
  })

  it('a mountpoint is no folder to move, rm -x stays out of it, mv copies between datasets', async () => {
    await lab.sh('zfs create zroot/jails/one/root')
    lab.write('usr/jails/one/root/x', 'x\n')
    expect(await lab.sh('mv /usr/jails/one /usr/jails/new')).toEqual({ code: 1, text: 'mv: /usr/jails/one: Device busy\n' })
    expect(await lab.sh('mv /usr/jails/one/file /root/file')).toEqual({ code: 0, text: '' })
    expect((await lab.sh('rm -x -rf /usr/jails/one')).code).toBe(1)
    expect(read('one/root/x')).toBe('x\n')
    await lab.sh('rm -rf /usr/jails/one')
    expect(readdirSync(join(jails, 'one/root'))).toEqual([])
  })

  it('numbers are those of the files, exact with -p', async () => {
    lab.write('usr/jails/one/big', 'x'.repeat(1024 * 1024))
    const { text } = await lab.sh('zfs list -H -o used,refer zroot/jails/one; zfs get -Hp -o value referenced,quota zroot/jails/one')
    expect(text).toBe('1.09M\t1.09M\n1147392\n0\n')
    expect((await lab.sh('zfs list -H -o name -S used -d 1 zroot/jails')).text).toBe('zroot/jails\nzroot/jails/one\n')
  })
})
