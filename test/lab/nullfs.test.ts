import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
  lab.write('root/data/db', 'precious\n')
  await lab.sh('cp -a /usr/jails/.base /usr/jails/one; jail -c name=one path=/usr/jails/one persist')
  await lab.sh('mount -t nullfs /root/data /usr/jails/one/mnt')
})
afterAll(() => lab.remove())

describe('a nullfs', () => {
  it('is in the table', async () => {
    expect((await lab.sh('mount -p')).text).toBe(
      '/dev/vtbd0\t\t/\t\t\tufs\trw\t\t1 1\ndevfs\t\t\t/dev\t\t\tdevfs\trw\t\t0 0\n/root/data\t\t/usr/jails/one/mnt\tnullfs\trw\t\t0 0\n',
    )
  })

  it.each([
    'cp -R /usr/jails/one /tmp/copy',
    'tar -cf /tmp/one.tar -C /usr/jails/one .',
    'mkdir /usr/jails/one/mnt/x',
    'mv /etc/rc.conf /usr/jails/one/mnt',
    'mv /usr/jails/one/mnt /tmp',
    'mount -t nullfs /etc /usr/jails/one/mnt',
  ])('cannot be looked through on the host: %s', async (line) => {
    const ran = await lab.sh(line)
    expect(ran.text).toContain('what lies below the nullfs on /usr/jails/one/mnt is not imitated here')
    expect(ran.code).toBe(70)
  })

  it('moves with its folder, keeps rm -x out, lets rm in, and is unmounted where it lies', async () => {
    await lab.sh('jail -r one; mv /usr/jails/one /usr/jails/.trash/one')
    expect((await lab.sh('mount -t nullfs')).text).toBe('/root/data on /usr/jails/one/mnt (nullfs, local)\n')
    const refused = 'rm: /usr/jails/.trash/one/mnt: Device busy\nrm: /usr/jails/.trash/one: Directory not empty\n'
    expect(await lab.sh('rm -x -rf /usr/jails/.trash/one')).toEqual({ code: 1, text: refused })
    expect(readFileSync(join(lab.hostFolder, 'root/data/db'), 'utf8')).toBe('precious\n')
    expect(await lab.sh('rm -rf /usr/jails/.trash/one')).toEqual({ code: 1, text: refused })
    expect(() => readFileSync(join(lab.hostFolder, 'root/data/db'))).toThrow('ENOENT')
    expect(await lab.sh('umount /usr/jails/.trash/one/mnt; rm -x -rf /usr/jails/.trash/one; mount -t nullfs')).toEqual({
      code: 0,
      text: '',
    })
  })
})
