import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/core/finding.ts'
import { layoutSchema } from '../../../src/core/layout.ts'
import { sshTargetSchema } from '../../../src/core/ssh-target.ts'
import { type CheckDeps, checkHost } from '../../../src/host/check/check-host.ts'
import { bareHost, type FakeHost, fakeShell, goodHost, recorded, says } from './fake-host.ts'

const layout = layoutSchema.parse({})
const target = sshTargetSchema.parse({ address: 'web2.example', user: 'jailops', become: 'doas', knownHosts: '/etc/known_hosts' })
const now = () => 1_795_000_000_500

function look(host: FakeHost, more: Partial<CheckDeps> = {}): Promise<Finding[]> {
  return checkHost({ shell: fakeShell(host), layout, now, redisTime: async () => now(), ...more })
}

/** What is not good, as `subject: state`. */
function troubles(findings: readonly Finding[]): string[] {
  return findings.filter(({ state }) => state !== 'good').map(({ subject, state }) => `${subject}: ${state}`)
}

function of(findings: readonly Finding[], subject: string): Finding[] {
  return findings.filter((finding) => finding.subject === subject)
}

/** The good host with other answers of some tools, and what is then seen of one subject. */
async function seen(subject: string, answers: FakeHost['answers'], more: Partial<FakeHost> = {}, deps: Partial<CheckDeps> = {}) {
  const host = goodHost()
  return of(await look({ ...host, ...more, answers: { ...host.answers, ...answers } }, deps), subject)
}

describe('a host that has everything', () => {
  it('lacks nothing, here and over ssh', async () => {
    expect(troubles(await look(goodHost()))).toEqual([])
    expect(troubles(await look(goodHost(), { target }))).toEqual([])
  })

  it('is always told in the same order', async () => {
    const subjects = (await look(goodHost())).map(({ subject }) => subject)
    expect([...new Set(subjects)].join()).toBe(
      'FreeBSD,rights,tools,jail managers,rc.conf,start at boot,network,folders,ZFS,disk,firewall,HAProxy,nginx,securelevel,clock',
    )
    expect((await look(bareHost())).map(({ subject }) => subject).filter((subject, index, all) => all.indexOf(subject) === index)).toEqual([
      ...new Set(subjects),
    ])
  })

  it('is asked by what only reads', async () => {
    const shell = fakeShell(goodHost())
    await checkHost({ shell, layout, now, target })
    // the Shell throws at anything else, which would be an unknown subject
    expect(shell.calls.length).toBeGreaterThan(20)
  })
})

describe('a bare FreeBSD', () => {
  it('lacks what has to be put there, each with what to type', async () => {
    const findings = await look(bareHost(), { target })
    expect(troubles(findings)).toEqual([
      'tools: lacks',
      'start at boot: warning',
      'network: lacks',
      'folders: lacks',
      'folders: lacks',
      'folders: lacks',
      'disk: lacks',
      'disk: lacks',
      'firewall: warning',
      'HAProxy: lacks',
      'nginx: lacks',
    ])
    const mute = findings.filter(({ state, remedy }) => state === 'lacks' && (remedy ?? []).length === 0)
    expect(mute).toEqual([])
    expect(of(findings, 'network')[0]?.remedy).toEqual(['sysrc cloned_interfaces+=lo1', 'service netif cloneup'])
    expect(of(findings, 'folders')[0]?.remedy).toEqual(['mkdir -m 700 /usr/jails'])
  })
})

describe('FreeBSD', () => {
  it.each([
    ['14.3-RELEASE', 'warning'],
    ['13.5-RELEASE-p2', 'lacks'],
    ['15.0-STABLE', 'good'],
    ['', 'unknown'],
    ['nonsense', 'unknown'],
  ])('%s is %s', async (version, state) => {
    expect(await seen('FreeBSD', { 'freebsd-version': says(`${version}\n`) })).toMatchObject([{ state }])
  })

  it('that is too old is upgraded to the end', async () => {
    const [finding] = await seen('FreeBSD', { 'freebsd-version': says('13.5-RELEASE\n') })
    const commands = finding?.remedy?.filter((line) => !line.startsWith('#'))
    const install = 'freebsd-update install'
    expect(commands).toEqual(['freebsd-update -r 15.1-RELEASE upgrade', install, 'shutdown -r now', install])
  })

  it('says that it is something else, and goes on', async () => {
    const findings = await look({ answers: { 'uname -s': says('Linux\n'), 'id -u': says('0\n') }, files: {} })
    expect(of(findings, 'FreeBSD')).toMatchObject([{ state: 'lacks', says: expect.stringContaining('Linux') }])
    expect(of(findings, 'rights')).toMatchObject([{ state: 'good' }])
    expect(of(findings, 'clock')).toHaveLength(1)
  })

  it('says that it is a jail itself', async () => {
    expect(await seen('FreeBSD', { 'sysctl -n security.jail.jailed': says('1\n') })).toMatchObject([
      { state: 'good' },
      { state: 'warning' },
    ])
  })
})

describe('rights', () => {
  it('are root, by whatever way', async () => {
    expect(await seen('rights', {}, {}, { target })).toMatchObject([
      { state: 'good', says: 'Commands run as root over ssh as jailops through doas.' },
    ])
    expect(await seen('rights', { 'id -u': says('1001\n') }, {}, { target })).toMatchObject([{ state: 'lacks' }])
    expect(await seen('rights', { 'id -u': says('1001\n') })).toMatchObject([
      { state: 'lacks', remedy: [expect.stringContaining('worker')] },
    ])
  })

  it('are not needed in a lab', async () => {
    expect(await seen('rights', { 'id -u': says('1001\n') }, {}, { layout: { ...layout, confineTo: '/tmp/lab' } })).toMatchObject([
      { state: 'good' },
    ])
  })
})

describe('jail managers', () => {
  it('says what jail(8) cannot read', async () => {
    const broken = recorded('01-ifconfig-jail-jls-jexec', 'jail -f /tmp/broken.conf -c broken')
    const findings = await seen('jail managers', { 'jail -f /etc/jail.conf -e |': broken })
    expect(findings).toMatchObject([
      { state: 'warning', says: expect.stringContaining('syntax error') },
      { state: 'warning', says: expect.stringContaining('/etc/jail.conf') },
      { state: 'good' },
    ])
  })

  it('knows the include line, and that it is not needed', async () => {
    const files = { ...goodHost().files, '/etc/jail.conf': '.include "/etc/jail.conf.d/*.conf";\n' }
    const [, included] = await seen('jail managers', {}, { files })
    expect(included).toMatchObject({ state: 'good', says: expect.stringContaining('includes /etc/jail.conf.d/*.conf, so') })
    const [, bare] = await seen('jail managers', {})
    expect(bare).toMatchObject({ state: 'good', says: expect.stringContaining('need not include') })
  })
})

describe('rc.conf', () => {
  const sysrc = Object.keys(goodHost().answers).filter((line) => line.startsWith('sysrc '))
  const broken = recorded('03-sysrc', 'sysrc -q jail_enable=YES')

  it('that is broken is one thing to mend; what it says otherwise is not known', async () => {
    const host = goodHost()
    const findings = await look({ ...host, answers: { ...host.answers, ...Object.fromEntries(sysrc.map((line) => [line, broken])) } })
    expect(of(findings, 'rc.conf')).toEqual([
      {
        subject: 'rc.conf',
        state: 'lacks',
        says: expect.stringContaining('(/etc/rc.conf: 12: Syntax error: Unterminated quoted string)'),
        remedy: ['sh -n /etc/rc.conf'],
      },
    ])
    expect(troubles(findings)).toEqual([
      'rc.conf: lacks',
      'start at boot: unknown',
      'network: unknown',
      'firewall: unknown',
      'HAProxy: unknown',
    ])
  })

  it.each([
    ['its local half', { ...broken, stderr: broken.stderr.replace('rc.conf', 'rc.conf.local') }, ['sh -n /etc/rc.conf.local']],
    ['a name that is none', { ...broken, stderr: '/etc/x;reboot: 1: Syntax error: x' }, ['sh -n /etc/rc.conf']],
  ])('names the file that is broken: %s', async (_, answer, remedy) => {
    expect(await seen('rc.conf', { 'sysrc -n jail_enable': answer })).toMatchObject([{ state: 'lacks', remedy }])
  })

  it('is not called broken where sysrc fails for another reason', async () => {
    const failing = says('', { exitCode: 1, stderr: 'sysrc: Permission denied\n' })
    expect(await seen('rc.conf', { 'sysrc -n jail_enable': failing })).toMatchObject([{ state: 'unknown' }])
    expect(await seen('rc.conf', { 'sysrc -n jail_enable': recorded('03-sysrc', 'sysrc -n nosuch_var') })).toMatchObject([
      { state: 'good' },
    ])
  })
})

describe('network', () => {
  it('warns of an interface that a reboot takes away', async () => {
    const findings = await seen('network', { 'sysrc -n cloned_interfaces': says('lo2 bridge0\n') })
    expect(findings[0]).toMatchObject({ state: 'warning', remedy: ['sysrc cloned_interfaces+=lo1'] })
    expect((await seen('network', { 'sysrc -n cloned_interfaces': says('lo1:sticky\n') }))[0]).toMatchObject({ state: 'good' })
  })

  it('does not ask rc.conf to make a card', async () => {
    const findings = await seen('network', { 'sysrc -n cloned_interfaces': says('\n') }, {}, { layout: { ...layout, interface: 'vtnet0' } })
    expect(findings[0]).toMatchObject({ state: 'good' })
  })

  it("warns of a pool that is also the host's network", async () => {
    const card = 'vtnet0: flags=1008843<UP>\n\tinet 10.0.0.15 netmask 0xffffff00 broadcast 10.0.0.255\n'
    expect((await seen('network', { 'ifconfig -a': says(card) }))[1]).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('10.0.0.15'),
    })
  })
})

describe('folders', () => {
  it('warns of jails that other users reach, and refuses a folder of configurations that others write', async () => {
    const findings = await seen('folders', {}, { modes: { '/usr/jails': 0o755, '/etc/jail.conf.d': 0o775 } })
    expect(findings).toMatchObject([{ state: 'warning', remedy: ['chmod 700 /usr/jails'] }, { state: 'lacks' }, { state: 'good' }])
  })

  it.each([
    ['/usr/base.txz', 'x'.repeat(3_000_000), 'good'],
    ['/usr/base.txz', '', 'lacks'],
    ['/usr/base.zip', 'x', 'lacks'],
  ])('judges the archive %s', async (base, content, state) => {
    const files = { ...goodHost().files, [base]: content }
    expect((await seen('folders', {}, { files }, { layout: { ...layout, base } }))[2]).toMatchObject({ state })
  })

  it('tells an unpacked base from a folder of something else', async () => {
    const files = { '/etc/jail.conf.d/': '', '/usr/jails/.base/readme': '' }
    expect((await seen('folders', {}, { files }))[2]).toMatchObject({ state: 'lacks', says: expect.stringContaining('no FreeBSD') })
  })
})
