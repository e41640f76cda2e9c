import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder, temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
  await lab.sh('cp -a /usr/jails/.base /usr/jails/one; jail -c name=one path=/usr/jails/one persist')
})
afterAll(() => lab.remove())

const file = (path: string) => readFileSync(join(lab.hostFolder, path), 'utf8')

describe('pw', () => {
  it('adds, shows, changes and removes a user of the host', async () => {
    expect(await lab.sh('pw useradd -n bob -m -w no; pw useradd carol -d /nonexistent -s /usr/sbin/nologin')).toEqual({ code: 0, text: '' })
    expect((await lab.sh('pw usershow bob; pw usershow -n carol')).text).toBe(
      'bob:*:1001:1001::0:0:User &:/home/bob:/bin/sh\ncarol:*:1002:1002::0:0:User &:/nonexistent:/usr/sbin/nologin\n',
    )
    expect(file('etc/passwd')).toContain('\nbob:*:1001:1001:User &:/home/bob:/bin/sh\n')
    expect(existsSync(join(lab.hostFolder, 'home/bob'))).toBe(true)
    expect((await lab.sh('jexec -u bob one id')).text).toBe('uid=1001 gid=1001 groups=1001\n')
    expect((await lab.sh('jexec -u bob one cat /etc/rc.conf')).code).toBe(70)
    await lab.sh('pw usermod root -s /bin/csh; pw userdel -n carol')
    expect(file('etc/passwd')).toContain('root:*:0:0:Charlie &:/root:/bin/csh\n')
    expect(file('etc/passwd') + file('etc/master.passwd') + file('etc/group')).not.toContain('carol')
  })

  it('keeps nothing of a password', async () => {
    expect((await lab.sh('pw usermod bob -h 0', 'secret\n')).code).toBe(0)
    expect((await lab.sh('pw usershow bob')).text).toBe('bob:$6$*:1001:1001::0:0:User &:/home/bob:/bin/sh\n')
    expect(file('etc/passwd')).toContain('bob:*:')
    expect((await lab.sh('pw usermod bob -h -; pw usershow bob')).text).toContain('bob:*:1001')
  })

  it.each([
    ['pw usershow x', 67, "pw: no such user `x'\n"],
    ['pw userdel x', 67, "pw: no such user `x'\n"],
    ['pw usermod -n x -s /bin/sh', 67, "pw: no such user `x'\n"],
    ['pw useradd root', 65, "pw: login name `root' already exists\n"],
    ['pw userdel root', 65, "pw: cannot remove user 'root'\n"],
    ['pw useradd y -G wheel', 70, 'lab: pw: useradd … -G is not imitated here\n'],
    ["pw useradd 'a:b'", 70, "lab: pw: the login name 'a:b' is not imitated here\n"],
  ])('%s', async (line, code, text) => {
    expect(await lab.sh(line)).toEqual({ code, text })
  })

  it('does not leave the lab', async () => {
    const outside = temporaryFolder()
    const etc = join(lab.hostFolder, 'usr/jails/.trash/one/etc')
    await lab.sh('mkdir /usr/jails/.trash/one')
    symlinkSync(outside, etc)
    expect(await lab.sh('pw -R /usr/jails/.trash/one useradd eve')).toEqual({
      code: 70,
      text: 'lab: pw: /usr/jails/.trash/one/etc/master.passwd is not there, or a link leads out of the lab\n',
    })
  })
})
