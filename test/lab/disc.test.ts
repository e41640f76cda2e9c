import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab({ managers: ['ezjail'] })
})
afterAll(() => lab.remove())

const attach = 'mdconfig -a -t vnode -f /usr/freebsd-dist/disc1.iso'

describe('a disc', () => {
  it('is attached, listed, detached; a unit is used again', async () => {
    expect(await lab.sh(`${attach}; ${attach}; mdconfig -l; mdconfig -d -u 0; mdconfig -l; ${attach}; mdconfig -d -u md1`)).toEqual({
      code: 0,
      text: 'md0\nmd1\nmd0 md1\nmd1\nmd0\n',
    })
    expect(await lab.sh('mdconfig -d -u 7')).toEqual({ code: 1, text: 'mdconfig: ioctl(/dev/mdctl): No such file or directory\n' })
    expect(await lab.sh('mdconfig -a -t vnode -f /nope.iso')).toEqual({
      code: 1,
      text: 'mdconfig: could not find full path for /nope.iso: No such file or directory\n',
    })
    expect((await lab.sh('mdconfig -a -t malloc -s 1m')).code).toBe(70)
  })

  it('shows its files where it is mounted, read-only, until it is unmounted', async () => {
    expect(await lab.sh('mount -t cd9660 /dev/md0 /mnt; mount -t cd9660')).toEqual({
      code: 0,
      text: '/dev/md0 on /mnt (cd9660, local, read-only)\n',
    })
    const manifest = readFileSync(join(lab.hostFolder, 'mnt/usr/freebsd-dist/MANIFEST'), 'utf8')
    const digest = (await lab.sh('sha256 -q /mnt/usr/freebsd-dist/base.txz')).text.trim()
    expect(manifest).toMatch(new RegExp(String.raw`^base\.txz\t${digest}\t\d+\tbase\t"Base system \(MANDATORY\)"\ton\n$`))
    for (const line of ['mkdir /mnt/x', 'rm /mnt/usr/freebsd-dist/MANIFEST', 'mv /mnt/usr /tmp', 'cp -R /etc /mnt'])
      expect((await lab.sh(line)).text).toContain('on a disc, is not imitated here')
    expect((await lab.sh('mdconfig -d -u 0')).text).toBe('mdconfig: ioctl(/dev/mdctl): Device busy\n')
    expect(await lab.sh('umount /mnt; mdconfig -d -u 0; mdconfig -l')).toEqual({ code: 0, text: '' })
    expect(readdirSync(join(lab.hostFolder, 'mnt'))).toEqual([])
  })

  it('cannot be mounted when it is none, or not there', async () => {
    await lab.sh('mdconfig -f /etc/passwd')
    expect(await lab.sh('mount -t cd9660 /dev/md0 /mnt')).toEqual({ code: 1, text: 'mount_cd9660: /dev/md0: Invalid argument\n' })
    expect((await lab.sh('mount -t cd9660 /dev/md3 /mnt')).text).toBe('mount_cd9660: /dev/md3: No such file or directory\n')
    expect((await lab.sh('mdconfig -d -u 0')).code).toBe(0)
  })

  it('is what ezjail installs from, also with the two slashes of the handbook', async () => {
    await lab.sh(`${attach}; mount -t cd9660 /dev/md0 /mnt`)
    const ran = await lab.sh('ezjail-admin install -h file://mnt/usr/freebsd-dist')
    expect(ran.code).toBe(0)
    expect(ran.text).toContain(`Warning: Can not access package file mnt/usr/freebsd-dist/lib32.txz`)
    expect(existsSync(join(lab.hostFolder, 'usr/jails/basejail/bin/cat'))).toBe(true)
  })

  it('is gone after a reboot', async () => {
    await lab.stop()
    const again = await temporaryLab({ folder: lab.folder })
    const { text } = await again.sh('mount -t cd9660; mdconfig -l')
    await again.stop()
    expect(text).toBe('')
    expect(readdirSync(join(lab.hostFolder, 'mnt'))).toEqual([])
  })
})
