import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
  await lab.sh('cp -a /usr/jails/.base /usr/jails/net')
  lab.write(
    'usr/jails/net/etc/rc.conf',
    'ifconfig_epair0b="inet 10.9.0.2/24"\nifconfig_epair0b_alias0="inet 10.9.0.3/32"\ndefaultrouter="10.9.0.1"\n',
  )
  lab.write(
    'etc/jail.conf',
    `net { path = /usr/jails/net; vnet; vnet.interface = "epair0b"; persist;
  exec.prestart = "ifconfig epair0a up"; exec.start = "/bin/sh /etc/rc"; exec.stop = "/bin/sh /etc/rc.shutdown jail"; exec.consolelog = /var/log/net.log; }
both { path = /usr/jails/net; vnet; ip4.addr = 10.9.0.9; persist; }\n`,
  )
})
beforeEach(() => lab.sh('jail -R net; for name in $(ifconfig -g epair | grep "a$"; ifconfig -g bridge); do ifconfig $name destroy; done'))
afterAll(() => lab.remove())

describe('epair and bridge', () => {
  it('are made by number or by the next free one, and named when ifconfig chose', async () => {
    const ran = await lab.sh('ifconfig epair create; ifconfig epair5 create; ifconfig bridge create; ifconfig bridge1 create; ifconfig -l')
    expect(ran.text).toBe('epair0a\nepair5a\nbridge0\nvtnet0 lo0 lo1 epair0a epair0b epair5a epair5b bridge0 bridge1\n')
    expect(await lab.sh('ifconfig epair5 create')).toEqual({ code: 1, text: 'ifconfig: interface epair5 already exists\n' })
  })

  it('a bridge takes members that are there and in no other bridge', async () => {
    await lab.sh('ifconfig epair create; ifconfig bridge0 create; ifconfig bridge1 create')
    expect(await lab.sh('ifconfig bridge0 addm epair0a up')).toEqual({ code: 0, text: '' })
    expect((await lab.sh('ifconfig bridge0')).text).toContain('\tmember: epair0a flags=143<')
    expect((await lab.sh('ifconfig bridge0 addm epair0a; ifconfig bridge1 addm epair0a; ifconfig bridge0 addm epair9a')).text).toBe(
      'ifconfig: BRDGADD epair0a: File exists\nifconfig: BRDGADD epair0a: Device busy\nifconfig: BRDGADD epair9a: No such file or directory\n',
    )
    await lab.sh('ifconfig epair0a destroy')
    expect((await lab.sh('ifconfig bridge0')).text).not.toContain('member')
  })

  it('can be renamed and described', async () => {
    await lab.sh('ifconfig epair create')
    expect((await lab.sh('ifconfig epair0a name e0a_net description "of net" up')).text).toBe('e0a_net\n')
    expect((await lab.sh('ifconfig e0a_net')).text).toContain('\tdescription: of net\n')
    await lab.sh('ifconfig e0a_net destroy')
    expect((await lab.sh('ifconfig -l')).text).toBe('vtnet0 lo0 lo1\n')
  })
})

describe('a jail with vnet', () => {
  it('takes its interface from the host, has its address by rc.conf, and gives it back', async () => {
    await lab.sh('ifconfig epair create')
    expect(await lab.sh('jail -c net')).toEqual({ code: 0, text: 'net: created\n' })
    expect((await lab.sh('ifconfig -l; jexec net ifconfig -l')).text).toBe('vtnet0 lo0 lo1 epair0a\nlo0 epair0b\n')
    expect((await lab.sh('ifconfig epair0b')).text).toBe('ifconfig: interface epair0b does not exist\n')
    for (const line of ['jexec net ifconfig epair0b', 'ifconfig -j net epair0b'])
      expect((await lab.sh(line)).text).toContain(
        '\tinet 10.9.0.2 netmask 0xffffff00 broadcast 10.9.0.255\n\tinet 10.9.0.3 netmask 0xffffffff broadcast 10.9.0.3\n',
      )
    expect(readFileSync(join(lab.hostFolder, 'var/log/net.log'), 'utf8')).toContain('Starting Network: lo0 epair0b.\n')
    expect((await lab.sh('jls -j net vnet')).text).toBe('new\n')
    expect((await lab.sh('jail -r net; ifconfig -l')).text).toBe('net: removed\nvtnet0 lo0 lo1 epair0a epair0b\n')
    expect((await lab.sh('ifconfig epair0b')).text).not.toContain('inet ')
  })

  it('without its interface is removed again', async () => {
    const ran = await lab.sh('jail -c net')
    expect(ran.code).toBe(1)
    expect(ran.text).toMatch(/ifconfig: interface epair0a does not exist\njail: net: ifconfig epair0a up: failed\n$/)
  })

  it('loses its end when the other one is destroyed', async () => {
    await lab.sh('ifconfig epair create; jail -qc net; ifconfig epair0a destroy')
    expect((await lab.sh('jexec net ifconfig -l')).text).toBe('lo0\n')
  })

  it('is handed an interface while it runs, and has it taken away', async () => {
    await lab.sh('ifconfig epair create; ifconfig epair create; jail -qc net; ifconfig epair1b vnet net')
    expect((await lab.sh('ifconfig -j net -l')).text).toBe('lo0 epair0b epair1b\n')
    await lab.sh('ifconfig epair1b -vnet net; ifconfig -j net epair0b inet 10.9.0.4/24 alias')
    expect((await lab.sh('ifconfig -j net -l; ifconfig -j net epair0b')).text).toMatch(/^lo0 epair0b\n[^]*inet 10\.9\.0\.4 /)
    expect(await lab.sh('ifconfig -j none -l')).toEqual({ code: 1, text: 'ifconfig: jail not found: No such file or directory\n' })
  })

  it('has no address by ip4.addr', async () => {
    expect(await lab.sh('jail -c both')).toEqual({ code: 1, text: 'jail: both: vnet jails cannot have IP address restrictions\n' })
  })
})

describe('jail -m', () => {
  it('changes what can be changed and refuses what is for the making', async () => {
    await lab.sh('jail -c name=plain path=/usr/jails/net osrelease=15.0-RELEASE children.max=0 exec.fib=0 allow.mount.nullfs persist')
    expect((await lab.sh('jexec plain uname -r; jls -j plain osrelease allow.mount.nullfs')).text).toBe('15.0-RELEASE\n15.0-RELEASE true\n')
    const set = 'securelevel=2 devfs_ruleset=5 enforce_statfs=1 allow.raw_sockets allow.nomount.nullfs'
    expect(await lab.sh(`jail -m name=plain ${set}`)).toEqual({ code: 0, text: '' })
    expect((await lab.sh('jls -j plain securelevel devfs_ruleset enforce_statfs allow.raw_sockets allow.mount.nullfs')).text).toBe(
      '2 5 1 true false\n',
    )
    expect(await lab.sh('jail -m name=plain osrelease=14.3-RELEASE')).toEqual({
      code: 1,
      text: 'jail: osrelease cannot be changed after creation\n',
    })
    expect((await lab.sh('jail -m name=plain osrelease=15.0-RELEASE; jail -r plain')).code).toBe(0)
  })
})
