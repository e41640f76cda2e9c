import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
  await lab.sh('cp -a /usr/jails/.base /usr/jails/web; cp -a /usr/jails/.base /usr/jails/other')
  lab.write('usr/jails/web/root/notes', '12345\n')
})
afterAll(() => lab.remove())

describe('stat -f', () => {
  it('prints what is asked for', async () => {
    expect((await lab.sh("stat -f '%z %HT %Su:%Sg %N' /usr/jails/web/root/notes /usr/jails/web")).text).toMatch(
      /^6 Regular File root:wheel \/usr\/jails\/web\/root\/notes\n\d+ Directory root:wheel \/usr\/jails\/web\n$/,
    )
    expect(await lab.sh('stat -f %z /none')).toEqual({ code: 1, text: 'stat: /none: stat: No such file or directory\n' })
    expect((await lab.sh('stat /etc')).code).toBe(70)
  })
})

describe('find', () => {
  it('goes by name, type and depth', async () => {
    expect((await lab.sh('find /usr/jails/web -name "n*s" -type f')).text).toBe('/usr/jails/web/root/notes\n')
    expect((await lab.sh('find /usr/jails/web/usr -mindepth 1 -maxdepth 1 -type d')).text).toContain('/usr/jails/web/usr/local\n')
    expect(await lab.sh('find /none')).toEqual({ code: 1, text: 'find: /none: No such file or directory\n' })
  })

  it('stays on its filesystem with -x, and does not look through a nullfs without', async () => {
    lab.write('srv/data/inside', '')
    await lab.sh('mount -t nullfs /srv/data /usr/jails/other/mnt')
    expect((await lab.sh('find -x /usr/jails/other -name "mnt*"; find /usr/jails/other -xdev -name inside')).text).toBe(
      '/usr/jails/other/mnt\n',
    )
    expect((await lab.sh('find /usr/jails/other -name inside')).code).toBe(70)
  })
})

describe('fstat -f', () => {
  it('names the daemons of jails below a place', async () => {
    await lab.sh('jail -c name=web path=/usr/jails/web persist; service -j web cron onestart')
    const { text } = await lab.sh('fstat -f /usr/jails')
    expect(text).toMatch(/^USER {5}CMD .*R\/W\nroot {5}cron {6} +\d+ text \/ /)
    expect(text.match(/^root /gm)).toHaveLength(4)
    expect((await lab.sh('fstat -f /usr/jails/other')).text).toMatch(/^USER .*R\/W\n$/)
    expect(await lab.sh('fstat -f /none')).toEqual({ code: 1, text: 'fstat: /none: No such file or directory\n' })
  })
})

describe('chroot', () => {
  it('runs the programs of a jail that does not run', async () => {
    expect((await lab.sh('echo hello | chroot /usr/jails/other tee /root/x; chroot /usr/jails/other cat /root/x')).text).toBe(
      'hello\nhello\n',
    )
    expect((await lab.sh('chroot /usr/jails/other /bin/sh -c "echo y > /root/y; ls /root"')).text).toBe('x\ny\n')
    expect(
      (await lab.sh('chroot /usr/jails/other sysrc cron_enable=YES; chroot /usr/jails/other sysctl -n security.jail.jailed')).text,
    ).toMatch(/-> YES\n0\n$/)
  })

  it.each([
    ['chroot /none true', 1, 'chroot: /none: No such file or directory\n'],
    ['chroot /usr/jails/other /usr/local/bin/none', 127, 'chroot: /usr/local/bin/none: No such file or directory\n'],
    ['chroot /usr/jails/other', 70, 'lab: chroot: without a command (an interactive shell) is not imitated here\n'],
    [
      'chroot /usr/jails/other service cron onestart',
      70,
      'lab: chroot: service cron onestart would start daemons on the host: not imitated here\n',
    ],
  ])('%s ends with %i', async (line, code, text) => {
    expect(await lab.sh(line)).toEqual({ code, text })
  })
})
