import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, writeBelow, type TemporaryLab } from './temporary-lab.ts'

const wiki = 'usr/local/bastille/jails/wiki'

describe('what bastille changes in a jail', () => {
  let lab: TemporaryLab
  beforeAll(async () => {
    lab = await temporaryLab({ managers: ['bastille'] }, (host) => writeBelow(host, 'boot/loader.conf', 'kern.racct.enable=1\n'))
    await bastille('create wiki 15.1-RELEASE 127.0.0.5')
  })
  afterAll(() => lab.remove())
  const bastille = (line: string) => lab.sh(`bastille ${line}`)
  const read = (path: string) => readFileSync(join(lab.hostFolder, path), 'utf8').replaceAll(lab.hostFolder, '')
  const restart = "A restart is required for the changes to be applied. See 'bastille restart'.\n"

  it('its own settings', async () => {
    expect(await bastille('config wiki get boot')).toEqual({ code: 0, text: 'on\n' })
    expect(await bastille('config wiki set boot off')).toEqual({ code: 0, text: 'boot: on -> off\n' })
    expect(await bastille('config wiki set priority=5')).toEqual({ code: 0, text: 'priority: 99 -> 5\n' })
    expect(await bastille('config wiki set priority high')).toEqual({ code: 1, text: 'Priority value must be a number.\n' })
    expect((await bastille('config wiki remove boot')).code).toBe(1)
  })

  it('parameters of jail.conf, of which meta is none', async () => {
    expect(await bastille('config wiki get ip4.addr')).toEqual({ code: 0, text: 'lo1|127.0.0.5\n' })
    expect(await bastille('config wiki set allow.raw_sockets')).toEqual({ code: 0, text: restart })
    expect(await bastille('config wiki get allow.raw_sockets')).toEqual({ code: 0, text: 'enabled\n' })
    expect(await bastille('config wiki get vnet')).toEqual({ code: 0, text: 'not set\n' })
    expect(await bastille('config wiki get meta.owner')).toEqual({ code: 1, text: '[ERROR]: Unsupported property: meta.owner\n' })
    expect((await bastille('config wiki set ip4.addr 127.0.0.6')).code).toBe(0)
    expect(read(`${wiki}/jail.conf`)).toContain('  ip4.addr = lo1|127.0.0.6;\n')
  })

  it('every line that holds a name, when that is removed', async () => {
    await bastille('config wiki set ip4.addr 127.0.0.5')
    await bastille('config wiki set ip4 new')
    const { code } = await bastille('config wiki remove ip4')

    expect(code).toBe(0)
    expect(read(`${wiki}/jail.conf`)).not.toMatch(/ip4/)
    await bastille("config wiki set ip4.addr 'lo1|127.0.0.5'")
  })

  it('its mounts', async () => {
    await lab.sh('mkdir -p /data')
    const mounted = await bastille(`mount wiki ${lab.hostFolder}/data /mnt/data nullfs rw 0 0`)
    await lab.sh('jexec wiki touch /mnt/data/here')
    const again = await bastille(`mount wiki ${lab.hostFolder}/data /mnt/data`)

    expect(mounted.text).toContain('Added: ')
    expect(read('data/here')).toBe('')
    expect(again).toMatchObject({ code: 0, text: expect.stringContaining('Mountpoint already present in ') })
    expect(await bastille('mount wiki /nowhere /mnt/data')).toMatchObject({ code: 1 })
    expect(await bastille('umount wiki /mnt/data')).toEqual({ code: 0, text: '\n[wiki]:\nUnmounted: /mnt/data\n' })
    expect(read(`${wiki}/fstab`).split('\n')).toHaveLength(2)
  })

  it('its limits, which are kept for the next start', async () => {
    expect(await bastille('limits wiki add memoryuse 1G')).toEqual({ code: 0, text: '\n[wiki]:\nmemoryuse 1G\n' })
    await bastille('restart wiki')
    expect((await lab.sh('rctl')).text).toBe('jail:wiki:memoryuse:deny=1073741824\n')
    expect((await bastille('limits wiki list')).text).toContain('jail:wiki:memoryuse:deny=1G/jail\n')
    expect((await bastille('limits wiki remove memoryuse')).code).toBe(0)
    expect((await lab.sh('rctl')).text).toBe('')
  })

  it('what its programs do; the exit code of one is lost', async () => {
    const failed = '[ERROR]: Command failed on 1 jails.\n'
    expect(await bastille('cmd wiki sh -c "exit 7"')).toEqual({ code: 1, text: `\n[wiki]:\n${failed}` })
    expect(await bastille('sysrc wiki nginx_enable=YES')).toMatchObject({ code: 0 })
    expect((await bastille('pkg -y wiki install nginx')).code).toBe(0)
    expect((await bastille('pkg wiki info -e nginx')).code).toBe(0)
    expect((await bastille('service wiki cron restart')).text).toBe('\n[wiki]:\nStopping cron.\nStarting cron.\n')
    expect((await bastille('service wiki nothing start')).code).toBe(1)
  })

  it('nothing in a jail that is stopped, with 0, unless it may start it', async () => {
    const stopped = '\n[wiki]:\nJail is not running.\nUse [-a|--auto] to auto-start the jail.\n'
    await bastille('stop wiki')

    expect(await bastille('cmd wiki true')).toEqual({ code: 0, text: stopped })
    expect(await bastille('pkg -y wiki install nginx')).toEqual({ code: 0, text: stopped })
    expect(await bastille('service wiki cron status')).toEqual({ code: 0, text: stopped })
    expect((await bastille('cmd -a wiki echo hello')).text).toMatch(/wiki: created\n\n\[wiki\]:\nhello\n$/)
  })

  it('nothing by what needs a terminal or another firewall: that is refused', async () => {
    for (const name of ['console', 'edit', 'top', 'htop', 'setup', 'rdr', 'template', 'network'])
      expect(await bastille(`${name} wiki`)).toMatchObject({ code: 70, text: expect.stringMatching(/not imitated here\n$/) })
    expect((await bastille('nonsense')).code).toBe(1)
  })
})

describe('bastille without what it needs', () => {
  it('says so', async () => {
    const lab = await temporaryLab({ managers: ['bastille'] })
    await lab.sh('bastille create wiki 15.1-RELEASE 127.0.0.5')
    const zfs = await lab.sh('bastille zfs wiki snapshot now')
    const limits = await lab.sh('bastille limits wiki add memoryuse 1G')
    await lab.remove()

    expect(zfs).toEqual({ code: 1, text: '[ERROR]: ZFS not enabled.\n' })
    expect(limits.code).toBe(1)
    expect(limits.text).toMatch(/^\[ERROR\]: Racct not enabled\./)
  })

  it('is not there', async () => {
    const lab = await temporaryLab()
    const { code } = await lab.sh('bastille list')
    await lab.remove()

    expect(code).toBe(127)
  })
})
