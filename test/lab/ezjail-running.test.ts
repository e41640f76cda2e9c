import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab({ managers: ['ezjail'] })
  await lab.sh("for name in web.site db; do ezjail-admin create $name 'lo1|127.4.4.4'; done")
})
afterAll(() => lab.remove())

const hint = 'Per-jail configuration via jail_* variables  is obsolete.  Please consider migrating to /etc/jail.conf.'
const obsolete = `/etc/rc.d/jail: WARNING: ${hint}\n`

describe('ezjail-admin start and stop', () => {
  it('start a jail by jail(8), named without its dots, over the shared base', async () => {
    expect(await lab.sh('ezjail-admin start web.site')).toEqual({ code: 0, text: `Starting jails: web.site.\n${obsolete}` })
    expect((await lab.sh('jls -j web_site name host.hostname ip4.addr allow.raw_sockets allow.mount')).text).toBe(
      'web_site web.site 127.4.4.4 false true\n',
    )
    const root = join(lab.hostFolder, 'usr/jails/web.site')
    expect((await lab.sh('mount -t nullfs')).text).toBe(
      `${lab.hostFolder}/usr/jails/basejail on ${root}/basejail (nullfs, local, read-only)\n`,
    )
    expect(await lab.sh('jexec web_site ls /bin/cat')).toEqual({ code: 0, text: '/bin/cat\n' })
    expect((await lab.sh('ezjail-admin list')).text).toMatch(/^DR {2}1 {4}127\.4\.4\.4 {7}web\.site /m)
    expect((await lab.sh('ezjail-admin list')).text).toMatch(/^DS {2}N\/A {2}127\.4\.4\.4 {7}db /m)
  })

  it('of what runs already says that it failed, and reports 0', async () => {
    const ran = await lab.sh('ezjail-admin start web.site 2>/dev/null')
    expect(ran).toEqual({ code: 0, text: 'Starting jails: cannot start jail  "web.site": \njail: "web_site" already exists\n.\n' })
  })

  it.each([
    ['stop db', 0, 'Stopping jails:.\n'],
    ['stop nope', 0, ' Warning: Jail nope not found.\n'],
    ['start nope', 1, ' Warning: Jail nope not found.\nError: Could not start nope.\n  You need to start it by hand.\n'],
    ['delete nope', 1, 'Error: Nothing known about jail nope.\n'],
    ['frobnicate', 1, /^ezjail-admin v3\.4\.2\nUsage: /],
  ])('%s: rc %d', async (words, code, text) => {
    const ran = await lab.sh(`ezjail-admin ${words}`)
    expect(ran.code).toBe(code)
    expect(ran.text).toMatch(text)
  })

  it('report the jail that really would not start', async () => {
    writeFileSync(join(lab.hostFolder, 'etc/fstab.db'), '/nowhere /nowhere nullfs ro 0 0\n')
    const ran = await lab.sh('ezjail-admin start db 2>&1')
    expect(ran.code).toBe(1)
    expect(ran.text).toContain('cannot start jail  "db": \n')
    expect(ran.text).toContain('Error: Could not start db.\n  You need to start it by hand.\n')
  })

  it('do nothing without ezjail_enable, which start calls a failure; onestart asks nobody', async () => {
    await lab.sh('sysrc ezjail_enable=NO; ezjail-admin onestop web.site')
    const ran = await lab.sh('ezjail-admin start web.site')
    expect(ran.text).toMatch(/^Cannot 'start' ezjail\. .*\nError: Could not start web\.site\./)
    expect(ran.code).toBe(1)
    expect((await lab.sh('ezjail-admin onestart web.site')).code).toBe(0)
    await lab.sh('sysrc ezjail_enable=YES')
  })

  it('restart stops without any rc.shutdown', async () => {
    const ran = await lab.sh('ezjail-admin restart web.site 2>/dev/null')
    expect(ran).toEqual({ code: 0, text: 'Stopping jails: web.site.\nStarting jails: web.site.\n' })
    const conf = readFileSync(join(lab.hostFolder, 'var/run/jail.web_site.conf'), 'utf8')
    expect(conf).toContain('\texec.stop = "";\n')
  })

  it('know a jail by the number that was written down: started by another hand it counts as stopped', async () => {
    await lab.sh('jail -f /var/run/jail.web_site.conf -rc web_site')
    expect((await lab.sh('ezjail-admin list')).text).toMatch(/^DS .* web\.site /m)
    expect((await lab.sh('ezjail-admin stop web.site; jls')).text).not.toContain('web.site  ')
  })
})

describe('ezjail-admin console', () => {
  it('splits at blanks and nothing else, and ends with the command’s own code', async () => {
    await lab.sh('ezjail-admin start web.site')
    expect(await lab.sh(`ezjail-admin console -e "echo 'a  b'" web.site`)).toEqual({ code: 0, text: "'a b'\n" })
    expect((await lab.sh('ezjail-admin console -e false web.site')).code).toBe(1)
    expect((await lab.sh('ezjail-admin console web.site')).code).toBe(70)
    expect((await lab.sh('ezjail-admin console -e true db')).text).toMatch(/^Error: Jail db appears not to be running\n/)
  })
})

describe('ezjail-admin config', () => {
  it('norun: neither started nor stopped by hand, rc 0', async () => {
    expect(await lab.sh('ezjail-admin config -r norun web.site')).toEqual({ code: 0, text: '' })
    expect(existsSync(join(lab.hostFolder, 'usr/local/etc/ezjail/web_site.norun'))).toBe(true)
    expect((await lab.sh('ezjail-admin list')).text).toMatch(/^DRN /m)
    expect(await lab.sh('ezjail-admin stop web.site')).toEqual({ code: 0, text: ' skipping web_site' })
    expect((await lab.sh('jls -N')).text).toContain('web_site')
    expect(await lab.sh('ezjail-admin config -r run web.site; ezjail-admin config -r test web.site')).toEqual({
      code: 0,
      text: 'Jail web.site is runnable\n',
    })
  })

  it('-c of a stopped jail is always an error, of a running one not imitated', async () => {
    expect(await lab.sh('ezjail-admin config -c 0 db')).toEqual({ code: 1, text: 'Error: The defined cpuset is malformed.\n' })
    expect((await lab.sh('ezjail-admin config -c 0 web.site')).code).toBe(70)
  })

  it('-n renames a stopped jail only', async () => {
    expect((await lab.sh('ezjail-admin config -n shop web.site')).text).toContain('appears to be still running')
    await lab.sh('ezjail-admin stop web.site')
    const ran = await lab.sh('ezjail-admin config -n shop web.site')
    expect(ran.text).toMatch(/^Jail has been renamed\. You might want to check \/usr\/local\/etc\/ezjail\/shop and \/etc\/fstab\.shop /)
    expect(readFileSync(join(lab.hostFolder, 'usr/local/etc/ezjail/shop'), 'utf8')).toContain('export jail_shop_hostname="shop"\n')
    expect((await lab.sh('ezjail-admin start shop 2>/dev/null')).text).toBe('Starting jails: shop.\n')
  })

  it('-n to a name that is taken has moved the files by then', async () => {
    await lab.sh("ezjail-admin create x.y 'lo1|127.4.4.5'")
    const ran = await lab.sh('ezjail-admin config -n x-y db')
    expect(ran.text).toBe('Error: An ezjail config already exists at /usr/local/etc/ezjail/x_y.\n  Please chose another name.\n')
    expect(existsSync(join(lab.hostFolder, 'usr/jails/db'))).toBe(false)
    expect(existsSync(join(lab.hostFolder, 'usr/jails/x-y'))).toBe(true)
  })
})

describe('ezjail-admin delete', () => {
  it('of a running jail needs -f', async () => {
    const ran = await lab.sh('ezjail-admin delete -w shop')
    expect(ran.code).toBe(1)
    expect(ran.text).toMatch(/^Error: Jail appears to be still running\.\n/)
    expect(await lab.sh('ezjail-admin delete -w -f shop')).toEqual({ code: 0, text: 'Stopping jails: shop.\n' })
    expect((await lab.sh('jls -N')).text).not.toContain('shop')
  })

  it('-f stops no norun jail, and goes on below it: the lab refuses to empty what is mounted', async () => {
    await lab.sh('ezjail-admin start x.y; ezjail-admin config -r norun x.y')
    const ran = await lab.sh('ezjail-admin delete -w -f x.y')
    expect(ran.code).toBe(70)
    expect(ran.text).toContain(' skipping x_y')
    expect((await lab.sh('ezjail-admin list')).text).not.toContain('x.y')
    expect((await lab.sh('jls -N')).text).toContain('x_y')
  })
})
