import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

const root = '/usr/jails/thin'
const links = ['bin', 'sbin', 'lib', 'libexec', 'usr/bin', 'usr/sbin', 'usr/lib', 'usr/share']

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
  // A thin jail as bastille makes one: the base shows through a read-only nullfs, links lead into it.
  await lab.sh(`cp -a /usr/jails/.base ${root}; mkdir ${root}/.bastille ${root}/data`)
  for (const link of links) {
    await lab.sh(`rm -rf ${root}/${link}`)
    symlinkSync(`/.bastille/${link}`, join(lab.hostFolder, root, link))
  }
  await lab.sh('mkdir -p /usr/releases; cp -a /usr/jails/.base /usr/releases/15.1-RELEASE; mkdir /var/data')
  lab.write(
    'etc/fstab.thin',
    `# base\n/usr/releases/15.1-RELEASE ${root}/.bastille nullfs ro 0 0\n\n/var/data ${root}/data nullfs rw 0 0\n`,
  )
  lab.write(
    'etc/jail.conf',
    `mount.devfs; persist; path = "/usr/jails/$name";
exec.start = "/bin/sh /etc/rc"; exec.stop = "/bin/sh /etc/rc.shutdown jail"; exec.clean;
thin { mount.fstab = /etc/fstab.thin; mount.fdescfs; mount.procfs; }
given { path = ${root}; mount = "/var/data ${root}/data nullfs rw 0 0"; mount += "tmpfs ${root}/tmp tmpfs rw 0 0"; }
nosource { path = ${root}; mount = "/var/data ${root}/data nullfs rw"; mount += "/var/none ${root}/mnt nullfs ro 0 0"; }
notarget { path = ${root}; mount = "/var/data ${root}/none/x nullfs ro 0 0"; }
link { path = ${root}; mount = "/var/data ${root}/bin nullfs ro 0 0"; }
short { path = ${root}; mount = "/var/data ${root}/data"; }\n`,
  )
})
beforeEach(() => lab.sh('jail -R thin given; for line in $(mount -p | grep -o "/usr/jails/thin[^[:space:]]*"); do umount -f "$line"; done'))
afterAll(() => lab.remove())

const mounted = async () => (await lab.sh(`mount | grep ${root}`)).text.replaceAll(root, '')

describe('mount.fstab', () => {
  it('is mounted in its order before devfs, and unmounted at removal', async () => {
    expect((await lab.sh('jail -qc thin')).code).toBe(0)
    expect(await mounted()).toBe(
      '/usr/releases/15.1-RELEASE on /.bastille (nullfs, local, read-only)\n/var/data on /data (nullfs, local)\n' +
        'devfs on /dev (devfs)\nfdescfs on /dev/fd (fdescfs)\nprocfs on /proc (procfs, local)\n',
    )
    expect((await lab.sh('jail -qr thin')).code).toBe(0)
    expect(await mounted()).toBe('')
  })

  it('tells with -v what it runs', async () => {
    const ran = await lab.sh('jail -vc thin; jail -vr thin')
    expect(ran.text).toContain(
      `thin: run command: /sbin/mount -t nullfs -o ro /usr/releases/15.1-RELEASE ${root}/.bastille\n` +
        `thin: run command: /sbin/mount -t nullfs -o rw /var/data ${root}/data\n`,
    )
    expect(ran.text).toContain(`thin: run command: /sbin/umount ${root}/dev\nthin: run command: /sbin/umount -t nullfs ${root}/data\n`)
  })

  it('keeps the jail running when the file is gone', async () => {
    await lab.sh('jail -qc thin; mv /etc/fstab.thin /etc/fstab.gone')
    expect(await lab.sh('jail -r thin')).toEqual({
      code: 1,
      text: 'jail: thin: mount.fstab: /etc/fstab.thin: No such file or directory\n',
    })
    expect((await lab.sh('mv /etc/fstab.gone /etc/fstab.thin; jls -c -j thin')).code).toBe(0)
  })

  it('is cleaned up by -C after a removal without the configuration', async () => {
    await lab.sh('jail -qc thin; jail -R thin')
    expect(await mounted()).toContain('/.bastille')
    expect((await lab.sh('jail -C thin')).code).toBe(0)
    expect(await mounted()).toBe('')
  })
})

describe('mount', () => {
  it.each([
    [
      'nosource',
      `mount_nullfs: /var/none: No such file or directory\njail: nosource: /sbin/mount -t nullfs -o ro /var/none ${root}/mnt: failed\n`,
    ],
    ['notarget', `jail: notarget: mount: ${root}/none: No such file or directory\n`],
    ['link', `jail: link: mount: ${root}/bin is a symbolic link\n`],
    ['short', `jail: short: mount: /var/data ${root}/data: missing information\n`],
  ])('fails for %s and leaves nothing mounted', async (name, text) => {
    expect(await lab.sh(`jail -c ${name}`)).toEqual({ code: 1, text })
    expect(await mounted()).toBe('')
  })

  it('of a tmpfs is empty each time', async () => {
    await lab.sh(`mount -t nullfs -o ro /usr/releases/15.1-RELEASE ${root}/.bastille; jail -qc given; jexec given touch /tmp/once`)
    expect((await lab.sh('jexec given ls /tmp')).text).toBe('once\n')
    await lab.sh('jail -qr given; jail -qc given')
    expect(await lab.sh('jexec given ls /tmp')).toEqual({ code: 0, text: '' })
  })

  it('takes a whole fstab', async () => {
    const all = await lab.sh(
      'mount -a -F /etc/fstab.thin; mount -a -F /etc/fstab.thin; mount -t nullfs | wc -l; umount -a -F /etc/fstab.thin',
    )
    expect(all.text.trim()).toBe('2')
    expect(await lab.sh('umount -a -F /etc/fstab.thin')).toEqual({
      code: 1,
      text: `umount: ${root}/data: not a file system root directory\numount: ${root}/.bastille: not a file system root directory\n`,
    })
    expect((await lab.sh('mount -a -F /etc/none')).code).toBe(1)
  })
})

describe('a program in a thin jail', () => {
  it('looks through a read-only nullfs and cannot write there', async () => {
    await lab.sh('jail -qc thin')
    expect((await lab.sh('jexec thin ls -d /bin/sh /.bastille/etc/rc')).text).toBe('/bin/sh\n/.bastille/etc/rc\n')
    expect((await lab.sh('jexec thin cat /bin/sh')).text).toContain('#!/bin/sh')
    expect(await lab.sh('jexec thin tee /bin/x </dev/null')).toEqual({ code: 1, text: 'tee: /bin/x: Read-only file system\n' })
    expect(await lab.sh("jexec thin sh -c 'echo x > /.bastille/x'")).toEqual({
      code: 2,
      text: 'sh: cannot create /.bastille/x: Read-only file system\n',
    })
    for (const line of ['rm -f /bin/sh', 'mkdir /lib/x', 'touch /lib/x', 'mv /bin/sh /root', 'chmod 600 /bin/sh', 'ln -s x /lib/x'])
      expect((await lab.sh(`jexec thin ${line}`)).text).toContain('Read-only file system\n')
    expect(existsSync(join(lab.hostFolder, 'usr/releases/15.1-RELEASE/bin/sh'))).toBe(true)
  })

  it('writes through another one to its source', async () => {
    await lab.sh('jail -qc thin; echo db | jexec thin tee /data/db')
    expect(readFileSync(join(lab.hostFolder, 'var/data/db'), 'utf8')).toBe('db\n')
    expect((await lab.sh('jexec thin ln -s /etc/group /data/out; jexec thin head -n 1 /data/out')).text).toBe('wheel:*:0:root\n')
    expect((await lab.sh('jexec thin rm -rf /data')).text).toContain(`over the nullfs on ${root}/data is not imitated here`)
    expect((await lab.sh('jexec thin rm /data/db /data/out; jexec thin ls /data')).text).toBe('')
  })

  it('is found by sysrc, service and pkg', async () => {
    await lab.sh('jail -qc thin; sysrc -j thin cron_enable=YES; service -j thin cron start')
    expect((await lab.sh('sysrc -j thin -n cron_enable; service -j thin cron status')).text).toMatch(
      /^YES\ncron is running as pid \d+\.\n$/,
    )
    expect((await lab.sh(`umount ${root}/.bastille`)).text).toBe(`umount: unmount of ${root}/.bastille failed: Device busy\n`)
    expect((await lab.sh('pkg -j thin install -y nginx; jexec thin ls /usr/local/sbin')).text).toMatch(/nginx\n$/)
    expect((await lab.sh('jail -r thin')).code).toBe(0)
  })
})
