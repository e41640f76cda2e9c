import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder, temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
  await lab.sh('cp -a /usr/jails/.base /usr/jails/one; jail -c name=one path=/usr/jails/one host.hostname=one.example persist')
  lab.write('usr/jails/one/tmp/log', 'one\ntwo words\nThree\nfour\n')
})
afterAll(() => lab.remove())

const one = (line: string, input?: string) => lab.sh(`jexec one ${line}`, input)

describe('programs in a jail', () => {
  it.each([
    ['tail -n 2 /tmp/log', 0, 'Three\nfour\n'],
    ['tail -n +3 /tmp/log', 0, 'Three\nfour\n'],
    ['tail -r /tmp/log', 0, 'four\nThree\ntwo words\none\n'],
    ['tail -n 1 /tmp/log /tmp/nosuch', 1, '==> /tmp/log <==\nfour\ntail: /tmp/nosuch: No such file or directory\n'],
    ['head -n 1 /tmp/log', 0, 'one\n'],
    ['wc /tmp/log', 0, '       4       5      25 /tmp/log\n'],
    ['wc -l /tmp/log', 0, '       4 /tmp/log\n'],
    ['cat -n /tmp/log', 0, '     1\tone\n     2\ttwo words\n     3\tThree\n     4\tfour\n'],
    ['grep -n -i three /tmp/log', 0, '3:Three\n'],
    ["grep -E '^(one|two .*)$' /tmp/log", 0, 'one\ntwo words\n'],
    ["grep -F '.' /tmp/log", 1, ''],
    ['grep -c o /tmp/log', 0, '3\n'],
    ['grep x /tmp/nosuch', 2, 'grep: /tmp/nosuch: No such file or directory\n'],
    ["grep '[[:space:]]' /tmp/log", 70, 'lab: grep: the pattern [[:space:]] is not imitated here\n'],
    ['find /usr/share/zoneinfo -name T*', 0, '/usr/share/zoneinfo/Asia/Tokyo\n'],
    ['find /usr/share -maxdepth 1 -type d', 0, '/usr/share\n/usr/share/zoneinfo\n'],
    ['find /nosuch', 1, 'find: /nosuch: No such file or directory\n'],
    ["printf '%s=%d\\n' a 1 b 2", 0, 'a=1\nb=2\n'],
    ['chown nobody /tmp/log', 0, ''],
    ['chown bob:wheel /tmp/log', 1, 'chown: bob: illegal user name\n'],
    ['env -i A=b cat /tmp/nosuch', 1, 'cat: /tmp/nosuch: No such file or directory\n'],
    ['env nosuch', 127, 'env: nosuch: No such file or directory\n'],
    ['nosuch', 1, 'jexec: execvp: nosuch: No such file or directory\n'],
    ['passwd', 70, 'lab: passwd: asks on a terminal, and there is none; pw usermod NAME -h 0 reads its input\n'],
    ['crontab -l', 1, 'crontab: no crontab for root\n'],
    ['newsyslog', 0, ''],
    ['kill 99999', 1, 'kill: 99999: No such process\n'],
  ])('%s', async (line, code, text) => {
    expect(await one(line)).toEqual({ code, text })
  })

  it('find tells set-user-id files', async () => {
    await one('chmod 4755 /tmp/log')
    expect((await one('find /tmp -perm -4000')).text).toBe('/tmp/log\n')
    await one('chmod 0644 /tmp/log')
  })

  it('copies trees and links, and reads links', async () => {
    expect(await one('cp /etc /tmp/etc')).toMatchObject({ code: 1 })
    await one('ln -s log /tmp/link')
    expect(await one('cp -a /tmp /var/tmp/copy')).toEqual({ code: 0, text: '' })
    expect((await one('readlink /var/tmp/copy/link')).text).toBe('log\n')
    expect((await one('readlink -f /var/tmp/copy/link')).text).toBe('/var/tmp/copy/log\n')
    expect(await one('readlink /tmp/log')).toEqual({ code: 1, text: '' })
    expect((await one('du -sk /var/tmp/copy')).text).toMatch(/^\d+\t\/var\/tmp\/copy\n$/)
    expect((await one('df -h')).text).toMatch(/^Filesystem +Size +Used +Avail +Capacity +Mounted on\n\/dev\/vtbd0p4 .* \d+% +\/\n$/)
  })

  it('keeps a crontab', async () => {
    expect(await one('crontab -', '@daily true\n')).toEqual({ code: 0, text: '' })
    expect(await one('crontab -u root -l')).toEqual({ code: 0, text: '@daily true\n' })
  })

  it('locks root and gives it a password, of which nothing is kept', async () => {
    expect(await one('pw lock root')).toEqual({ code: 0, text: '' })
    expect((await one('pw usershow root')).text).toBe('root:*LOCKED**:0:0::0:0:Charlie &:/root:/bin/sh\n')
    expect(await one('pw lock root')).toEqual({ code: 77, text: "pw: user 'root' is already locked\n" })
    await one('pw unlock root')
    expect(await one('pw usermod root -h 0', 'secret\n')).toEqual({ code: 0, text: '' })
    expect((await lab.sh('pw -R /usr/jails/one usershow root')).text).toMatch(/^root:\$6\$\*:0:0:/)
    expect((await lab.sh('pw -R /usr/jails/one lock root; pw -R /usr/jails/one unlock root; pw -R /usr/jails/one unlock root')).code).toBe(
      77,
    )
  })

  it('does not leave the jail by a planted link', async () => {
    const outside = temporaryFolder()
    mkdirSync(join(lab.hostFolder, 'usr/jails/one/tmp/trap'))
    symlinkSync(outside, join(lab.hostFolder, 'usr/jails/one/tmp/trap/out'))
    writeFileSync(join(outside, 'x'), 'one\n')
    expect((await one('cp /tmp/log /tmp/trap/out/y')).code).toBe(1)
    expect((await one('grep -r one /tmp/trap/out/')).code).not.toBe(0)
    expect((await one('find /tmp/trap/out/ -name x')).text).toBe('')
    expect(existsSync(join(outside, 'y'))).toBe(false)
  })

  it('the program of a package is refused loudly, one that is not installed does not exist', async () => {
    expect(await one('curl --version')).toEqual({ code: 1, text: 'jexec: execvp: curl: No such file or directory\n' })
    await lab.sh('pkg -j one install -y curl')
    expect(await one('curl --version')).toEqual({ code: 70, text: 'lab: curl: the program of a package is not imitated here\n' })
  })
})

describe('ps', () => {
  it('shows what the daemons cost, in the host and in the jail', async () => {
    await lab.sh('pkg -j one install -y redis; service -j one cron onestart; service -j one redis onestart')
    const ran = await lab.sh('ps -J one -w -o pid,user,%cpu,%mem,rss,time,command')
    expect(ran.text).toMatch(
      /^ PID USER +%CPU %MEM +RSS +TIME COMMAND\n\d{4} root +0\.0 +0\.1 +2532 0:00\.01 \/usr\/sbin\/cron -s\n\d{4} redis +0\.0 +0\.4 14832 0:00\.01 redis-server: .*\n$/,
    )
    expect((await lab.sh('ps -ax -o jail,pid,comm')).text).toMatch(
      /^JAIL +PID COMMAND\n- +1 init\n- +852 syslogd\n- +913 cron\none +\d+ cron\none +\d+ redis-server\n$/,
    )
    expect((await one('ps -ax')).text).toMatch(/^ PID TT STAT +TIME COMMAND\n\d+ +- +SsJ +0:00\.01 \/usr\/sbin\/cron -s\n/)
    const pid = /(\d+) redis/.exec((await one('ps ax -o pid,comm')).text)?.[1] ?? ''
    expect(await one(`kill ${pid}`)).toEqual({ code: 0, text: '' })
    expect((await lab.sh('service -j one redis onestatus')).text).toBe('redis is not running.\n')
  })

  it('top is refused', async () => {
    expect((await lab.sh('top -b')).code).toBe(70)
  })
})
