import { existsSync, lstatSync, readFileSync, readlinkSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
let jails: string
beforeAll(async () => {
  lab = await temporaryLab({ managers: ['ezjail'] })
  jails = join(lab.hostFolder, 'usr/jails')
})
afterAll(() => lab.remove())

const head = `STA JID  IP              Hostname                       Root Directory
--- ---- --------------- ------------------------------ ------------------------
`

describe('a host with ezjail', () => {
  it('has a base that jails share, a template of links into it, and no jail', async () => {
    expect(await lab.sh('ezjail-admin list')).toEqual({ code: 0, text: head })
    expect(readlinkSync(join(jails, 'newjail/bin'))).toBe('/basejail/bin')
    expect(existsSync(join(jails, 'basejail/bin/cat'))).toBe(true)
    expect(existsSync(join(jails, 'newjail/etc/rc'))).toBe(true)
    expect((await lab.sh('service -e')).text).toContain('/usr/local/etc/rc.d/ezjail\n')
  })

  it('is no host without it', async () => {
    const other = await temporaryLab()
    expect((await other.sh('ezjail-admin list')).code).toBe(127)
    await other.remove()
  })
})

describe('ezjail-admin create', () => {
  it('names every file on standard error, and writes a control file and an fstab', async () => {
    const ran = await lab.sh("ezjail-admin create blog.example.com 'lo1|10.0.0.2,lo1|10.0.0.3'")
    expect(ran.code).toBe(0)
    expect(ran.text).toContain(`${jails}/blog.example.com/./etc/rc\n`)
    const control = readFileSync(join(lab.hostFolder, 'usr/local/etc/ezjail/blog_example_com'), 'utf8')
    expect(control).toContain(`# PROVIDE: standard_ezjail\n# REQUIRE: \n# BEFORE: \n#\n
export jail_blog_example_com_hostname="blog.example.com"
export jail_blog_example_com_ip="lo1|10.0.0.2,lo1|10.0.0.3"
export jail_blog_example_com_rootdir="${jails}/blog.example.com"
export jail_blog_example_com_exec_start="/bin/sh /etc/rc"
export jail_blog_example_com_exec_stop=""
export jail_blog_example_com_mount_enable="YES"
`)
    expect(readFileSync(join(lab.hostFolder, 'etc/fstab.blog_example_com'), 'utf8')).toBe(
      `${jails}/basejail ${jails}/blog.example.com/basejail nullfs ro 0 0\n`,
    )
  })

  it('list gives further addresses lines of their own, with their interface', async () => {
    expect((await lab.sh('ezjail-admin list')).text)
      .toBe(`${head}DS  N/A  10.0.0.2        blog.example.com               ${jails}/blog.example.com
    N/A  lo1|10.0.0.3
`)
  })

  it.each([
    ['blog-example-com', 'Error: An ezjail config already exists at /usr/local/etc/ezjail/blog_example_com.'],
    ['basejail', 'Error: Cannot name the jail basejail.'],
    ['ezjail_archives', 'Error: Cannot name the jail ezjail_archives.'],
    ['-f nope web', 'Error: Flavour config directory'],
    ['-c zfs web', 'Error: The variable ezjail_jailzfs needs to point a zfs ezjail can work in.'],
    ['-c eli web', 'Error: Image jails need an image size.'],
    ['-q web', 'Usage: ezjail-admin create'],
  ])('fails for %s', async (words, text) => {
    const ran = await lab.sh(`ezjail-admin create ${words} 'lo1|10.0.0.9'`)
    expect(ran.text).toContain(text)
    expect(ran.code).toBe(1)
  })

  it('needs exactly a name and an address', async () => {
    expect((await lab.sh('ezjail-admin create web')).text).toMatch(/^Usage: ezjail-admin create /)
  })

  it('warns of an address that no interface has, and goes on', async () => {
    const ran = await lab.sh('ezjail-admin create warned 10.0.0.8 2>/dev/null')
    expect(ran).toEqual({ code: 0, text: 'Warning: IP 10.0.0.8 not configured on a local interface.\n' })
  })

  it('that fails half-way leaves a directory that nobody knows', async () => {
    renameSync(join(jails, 'newjail'), join(jails, 'elsewhere'))
    const ran = await lab.sh("ezjail-admin create half 'lo1|10.0.0.9'")
    renameSync(join(jails, 'elsewhere'), join(jails, 'newjail'))
    expect(ran.code).toBe(1)
    expect(ran.text).toContain('Error: Could not copy template jail.')
    expect(existsSync(join(jails, 'half'))).toBe(true)
    expect((await lab.sh('ezjail-admin delete half')).text).toBe('Error: Nothing known about jail half.\n')
  })

  it('links to a root that lies elsewhere, and installs a flavour', async () => {
    const root = join(lab.hostFolder, 'data/far')
    expect((await lab.sh(`ezjail-admin create -f example -r ${root} far 'lo1|10.0.0.7'`)).code).toBe(0)
    expect(lstatSync(join(jails, 'far')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(root, 'etc/rc.conf'), 'utf8')).toContain('rpcbind_enable="NO"')
  })

  it('-x takes what is there, or what is not there', async () => {
    expect((await lab.sh("ezjail-admin create -x ghost 'lo1|10.0.0.6'")).code).toBe(0)
    const ran = await lab.sh('ezjail-admin start ghost')
    expect(ran.code).toBe(1)
    expect(ran.text).toContain(` Warning: root directory ${jails}/ghost of ghost does not exist.\n`)
  })
})

describe('ezjail-admin delete', () => {
  it('without -w keeps the files, and so the name', async () => {
    expect(await lab.sh('ezjail-admin delete warned')).toEqual({ code: 0, text: '' })
    expect(existsSync(join(jails, 'warned/etc/rc'))).toBe(true)
    const again = await lab.sh('ezjail-admin create warned 10.0.0.8')
    expect(again.text).toContain('Error: A file or a non empty directory already exists at the specified jail root')
  })

  it('with -w takes files, link, control file and fstab', async () => {
    expect(await lab.sh('ezjail-admin delete -w far')).toEqual({ code: 0, text: '' })
    for (const path of ['data/far', 'usr/jails/far', 'etc/fstab.far', 'usr/local/etc/ezjail/far'])
      expect(lstatSync(join(lab.hostFolder, path), { throwIfNoEntry: false })).toBeUndefined()
  })
})
