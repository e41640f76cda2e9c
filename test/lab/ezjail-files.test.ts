import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
let jails: string
beforeAll(async () => {
  lab = await temporaryLab({ managers: ['ezjail'] })
  jails = join(lab.hostFolder, 'usr/jails')
  await lab.sh("ezjail-admin create web 'lo1|127.4.4.4'; ezjail-admin start web; echo kept | jexec web tee /root/note")
})
afterAll(() => lab.remove())

describe('ezjail-admin archive', () => {
  it('only warns of a running jail, rc 0', async () => {
    expect(await lab.sh('ezjail-admin archive web')).toEqual({
      code: 0,
      text: "Warning: Jail web appears to be still running.\n  Stop it first, or use 'ezjail-admin archive -f web' to force archiving.\n",
    })
    expect(readdirSync(join(jails, 'ezjail_archives'))).toEqual([])
  })

  it('-f packs it all the same, with its control file', async () => {
    expect(await lab.sh('ezjail-admin archive -f web')).toEqual({ code: 0, text: '' })
    const [name = ''] = readdirSync(join(jails, 'ezjail_archives'))
    expect(name).toMatch(/^web-\d{12}\.\d\d\.tar\.gz$/)
    const { text } = await lab.sh(`tar -tzf ${jails}/ezjail_archives/${name}`)
    expect(text).toMatch(/^prop\.ezjail-web-\d{12}\.\d\d-lab\.example-15\.1_RELEASE_p1-amd64\nfstab\.ezjail\nezjail\/\n/)
  })
})

describe('ezjail-admin restore', () => {
  it('makes the jail again from its newest archive, but not over what is there', async () => {
    const over = await lab.sh('ezjail-admin restore web')
    expect(over.code).toBe(1)
    expect(over.text).toMatch(/Error: Create failed\.\n$/)
    await lab.sh('ezjail-admin delete -wf web')
    expect(await lab.sh('ezjail-admin restore web')).toEqual({ code: 0, text: '' })
    expect(readFileSync(join(jails, 'web/root/note'), 'utf8')).toBe('kept\n')
    expect((await lab.sh('ezjail-admin start web 2>/dev/null')).text).toBe('Starting jails: web.\n')
  })

  it('takes the archive of a jail whose name only begins so, and fails', async () => {
    await lab.sh("ezjail-admin create web2 'lo1|127.4.4.5'; ezjail-admin archive web2; ezjail-admin delete -wf web")
    const archives = readdirSync(join(jails, 'ezjail_archives')).filter((name) => name.startsWith('web-'))
    for (const name of archives) rmSync(join(jails, 'ezjail_archives', name))
    expect((await lab.sh('ezjail-admin restore web')).text).toMatch(/^Error: Archive name .* does not match archived jail web2\.\n$/)
    expect((await lab.sh('ezjail-admin restore nope')).text).toBe('Error: No archive for pattern nope can be found.\n')
  })

  it('trusts no file that others may write', async () => {
    for (const name of readdirSync(join(jails, 'ezjail_archives'))) chmodSync(join(jails, 'ezjail_archives', name), 0o666)
    expect((await lab.sh('ezjail-admin restore web2')).text).toMatch(/^Error: Insecure permissions for archive /)
  })
})

describe('ezjail-admin snapshot', () => {
  it('does nothing for a jail that lies in no dataset, and reports 0', async () => {
    expect(await lab.sh('ezjail-admin snapshot')).toEqual({ code: 0, text: '' })
    expect(await lab.sh('ezjail-admin snapshot web2')).toEqual({ code: 0, text: '' })
    expect((await lab.sh('ezjail-admin snapshot nope')).code).toBe(1)
  })
})

describe('ezjail-admin install', () => {
  it('from a folder makes base and template anew', async () => {
    for (const name of ['basejail', 'newjail']) rmSync(join(jails, name), { recursive: true })
    expect((await lab.sh("ezjail-admin create web3 'lo1|127.4.4.6'")).text).toMatch(/^Error: base jail does not exist\.\n/)
    const ran = await lab.sh(`ezjail-admin install -h file://${lab.hostFolder}/usr/freebsd-dist`)
    expect(ran.code).toBe(0)
    expect(ran.text).toContain('/lib32.txz, ignored for auto added lib32.\n')
    expect((await lab.sh("ezjail-admin create web3 'lo1|127.4.4.6'; ezjail-admin start web3; jexec web3 ls /bin/cat")).text).toMatch(
      /\n\/bin\/cat\n$/,
    )
  })

  it('fetches another release, its 32-bit libraries too', async () => {
    const ran = await lab.sh('ezjail-admin install -r 15.0-RELEASE')
    expect(ran.code).toBe(0)
    expect(readFileSync(join(jails, 'basejail/bin/freebsd-version'), 'utf8')).toContain('USERLAND_VERSION="15.0-RELEASE"')
    expect((await lab.sh('ezjail-admin install -r 9.9-RELEASE')).text).toContain('Could not fetch base from ftp://ftp.freebsd.org.\n')
  })

  it('fails without what it needs', async () => {
    expect((await lab.sh('ezjail-admin install -r newest')).text).toBe('newest does not look like a valid FreeBSD version descriptor\n')
    const fetched = await lab.sh('ezjail-admin install -h http://nowhere.example')
    expect(fetched.text).toContain('Could not fetch base from http://nowhere.example.\n')
    expect(fetched.code).toBe(1)
    expect((await lab.sh('ezjail-admin install -h file:///nowhere')).text).toBe('Error: Can not access package file /nowhere/base.txz\n')
  })
})

describe('ezjail-admin update', () => {
  it.each([
    ['', 'Error: No install action has been chosen.\n'],
    ['-P', '/usr/local/bin/ezjail-admin: portsnap: not found\n'],
    ['-b', 'Error: Cannot find your copy of the FreeBSD source tree in /usr/src.\n'],
    ['-U', "Error: Can not (yet automatically) infer the basejail's osversion.\n"],
  ])('%s fails', async (option, text) => {
    const ran = await lab.sh(`ezjail-admin update ${option}`)
    expect(ran.text.startsWith(text)).toBe(true)
    expect(ran.code).toBe(1)
  })

  it('-u waits for up to an hour where no terminal has a name, and reports 0 whatever comes', async () => {
    expect((await lab.sh('timeout 0.3 ezjail-admin update -u')).code).toBe(124)
    expect((await lab.sh('TERM=dumb timeout 0.3 ezjail-admin update -u')).code).toBe(124)
    expect((await lab.sh('TERM=xterm ezjail-admin update -u')).code).toBe(0)
  })
})

describe('a reboot', () => {
  it('starts what may run', async () => {
    await lab.sh("ezjail-admin create off 'lo1|127.4.4.7'; ezjail-admin config -r norun off; ezjail-admin create -b late 'lo1|127.4.4.8'")
    await lab.stop()
    const again = await temporaryLab({ folder: lab.folder })
    const { text } = await again.sh('ezjail-admin list')
    await again.stop()
    expect(text).toMatch(/^DR .* web3 /m)
    expect(text).toMatch(/^DSN .* off /m)
    expect(text).toMatch(/^DS {2}.* late /m)
  })
})
