import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
const open = async () => {
  lab = await temporaryLab({ zfs: true, managers: ['iocage'] })
}
const close = () => lab.remove()

const create = (name: string, ...more: string[]) => lab.sh(`iocage create -n ${name} -r 15.1-RELEASE ${more.join(' ')}`)
const list = async () => (await lab.sh('iocage list -l -h')).text
const jail = (path: string) => join(lab.hostFolder, 'iocage/jails', path)

const started = (name: string, options = 'ip4.saddrsel=1 ip4=new ip6.saddrsel=1 ip6=new') =>
  `* Starting ${name}\n  + Started OK\n  + Using devfs_ruleset: 1000 (iocage generated default)\n  + Using IP options: ${options}\n  + Starting services OK\n  + Executing poststart OK\n`

describe('a create that is refused', () => {
  beforeAll(open)
  afterAll(close)

  it.each([
    ['-n a -r 15.1-RELEASE tag=x', 1, 'tag is not a valid property!\n'],
    [
      '-n a -r 15.1-RELEASE boot=perhaps',
      1,
      'perhaps is not a valid value for boot.\nValue must be 0 or 1 or off or on or no or yes or false or true\n',
    ],
    ['-n a -r 15.1-RELEASE ip4_addr=lo1\\|10.0.0', 1, "Please provide a valid ip: Expected 4 octets in '10.0.0'\n"],
    ["-n 'a b' -r 15.1-RELEASE", 1, 'Invalid character in a b, please remove it.\n'],
    ['-n a', 1, 'Must supply either --template (-t) or --release (-r)!\n'],
    ['-n a -r 16.0-RELEASE', 1, 'Host: 15.1-RELEASE is not greater than target: 16.0-RELEASE\nThis is unsupported.\n'],
    ['-x', 2, "Usage: iocage create [OPTIONS] [PROPS]...\nTry 'iocage create --help' for help.\n\nError: No such option: -x\n"],
  ])('%s ends with %i and leaves nothing', async (args, code, text) => {
    expect(await lab.sh(`iocage create ${args}`)).toEqual({ code, text })
    expect(await list()).toBe('')
    expect((await lab.sh('zfs list -H -t snapshot')).text).toBe('')
  })
})

describe('a lab of its own', () => {
  beforeEach(open)
  afterEach(close)

  describe('create', () => {
    it('clones the release, and boot=on starts at once', async () => {
      const made = await create('web', "'ip4_addr=lo1|127.9.9.2/32'", 'boot=on', "'notes=for ann'")
      expect(made).toEqual({
        code: 0,
        text: `web successfully created!\n${started('web', 'ip4.addr=lo1|127.9.9.2/32 ip4.saddrsel=1 ip4=new ip6.saddrsel=1 ip6=new')}`,
      })
      expect(await list()).toBe('1\tweb\ton\tup\tjail\t15.1-RELEASE\tlo1|127.9.9.2/32\t-\t-\tno\n')
      expect(JSON.parse(readFileSync(jail('web/config.json'), 'utf8'))).toMatchObject({ boot: 1, host_hostuuid: 'web', notes: 'for ann' })
      expect((await lab.sh('zfs get -H -o value origin zroot/iocage/jails/web/root')).text).toBe(
        'zroot/iocage/releases/15.1-RELEASE/root@web\n',
      )
      expect((await lab.sh('jls -j ioc-web path')).text).toBe(`${jail('web/root')}\n`)
    })

    it('thick shares nothing, a basejail looks through nullfs mounts', async () => {
      await create('thick', '-T')
      await create('base', '-b')
      await lab.sh('iocage start base')
      expect((await lab.sh('zfs get -H -o value origin zroot/iocage/jails/thick/root')).text).toBe('-\n')
      expect((await lab.sh('iocage exec base ls /bin')).text).toContain('sh\n')
      expect((await lab.sh('mount -t nullfs')).text).toContain(`${jail('base/root/bin')} (nullfs, local, read-only)`)
      expect((await lab.sh('iocage stop base; mount -t nullfs')).text).not.toContain('(nullfs')
    })

    it('from a template, which is read-only', async () => {
      await create('tpl', 'template=yes')
      expect(await lab.sh('iocage create -n two -t tpl')).toEqual({ code: 0, text: 'two successfully created!\n' })
      expect(await list()).toContain('None\ttwo\toff\tdown\tjail\t15.1-RELEASE\t-\t-\ttpl\tno\n')
      expect((await lab.sh('iocage list -t -l -h; iocage start tpl')).text).toBe(
        'None\ttpl\toff\tdown\ttemplate\t15.1-RELEASE\t-\t-\t-\tno\nPlease convert back to a jail before trying to start tpl\n',
      )
    })

    it('leaves the snapshot behind of a name that is reserved', async () => {
      expect((await create('default')).text).toBe('You cannot name a jail default, that is a reserved name.\n')
      expect((await create('default')).text).toContain('Please manually run zfs destroy zroot/iocage/releases/15.1-RELEASE/root@default')
    })

    it('leaves the jail when its start fails', async () => {
      await create('a', "'ip4_addr=nope0|127.9.9.2/32'", 'boot=on')
      expect((await lab.sh('iocage start a')).text).toContain('  + Start FAILED\n')
      expect(await list()).toContain('None\ta\ton\tdown')
      expect((await create('a')).text).toBe('Jail: a already exists!\n')
    })
  })

  describe('which jail is meant', () => {
    it('the letters ALL anywhere mean every jail', async () => {
      await create('web')
      await create('shop')
      await lab.sh('iocage start web shop')
      const { code, text } = await lab.sh('iocage stop SMALL')
      expect([code, text.match(/^\* .*/gm)]).toEqual([0, ['* Stopping shop', '* Stopping web']])
    })

    it('the beginning of a name is enough, also to destroy', async () => {
      await create('shop')
      expect(await lab.sh('iocage destroy -f sh')).toEqual({ code: 0, text: 'Destroying shop\n' })
      await create('aa')
      await create('ab')
      expect((await lab.sh('iocage start a')).text).toBe(`Multiple jails found for a:\n  aa (${jail('aa')})\n  ab (${jail('ab')})\n`)
      expect(await lab.sh('iocage start zz')).toEqual({ code: 1, text: "jail 'zz' not found!\n" })
    })

    it('a.b and a_b are one to the kernel', async () => {
      await create('a.b')
      await create('a_b')
      await lab.sh('iocage start a.b')
      expect(await lab.sh('iocage start a_b')).toEqual({ code: 1, text: 'a_b is already running!\n' })
    })
  })

  describe('start, stop and destroy', () => {
    it('start of what runs fails, stop of what does not is a success', async () => {
      await create('web')
      expect(await lab.sh('iocage start web')).toEqual({ code: 0, text: started('web') })
      expect(await lab.sh('iocage start web')).toEqual({ code: 1, text: 'web is already running!\n' })
      await lab.sh('iocage stop web')
      expect(await lab.sh('iocage stop web')).toEqual({ code: 0, text: 'web is not running!\n' })
    })

    it('start brings up what it depends on', async () => {
      await create('db')
      await create('web', 'depends=db')
      await lab.sh('iocage start web')
      expect((await lab.sh('jls name')).text).toBe('ioc-db\nioc-web\n')
    })

    it('destroy asks, and without an answer aborts', async () => {
      await create('web')
      const asked = '\nThis will destroy jail web\n\nAre you sure? [y/N]: '
      expect(await lab.sh('iocage destroy web')).toEqual({ code: 1, text: `${asked}Aborted!\n` })
      expect(await lab.sh('iocage destroy web', 'n\n')).toEqual({ code: 0, text: asked })
      await lab.sh('iocage start web')
      expect((await lab.sh('iocage destroy web', 'y\n')).text).toBe(
        `${asked}Jail web is still running, please stop the jail first or destroy it with -f\n`,
      )
      expect(await lab.sh('iocage destroy -f web')).toEqual({ code: 0, text: 'Stopping web\nDestroying web\n' })
      expect((await lab.sh('zfs list -H -t snapshot')).text).toBe('')
    })

    it('destroy takes the clones along', async () => {
      await create('web')
      await lab.sh('iocage clone web -n copy')
      await lab.sh('iocage destroy -f web')
      expect(await list()).toBe('')
    })

    it('nat throws the rules of the firewall away', async () => {
      await create('web', 'nat=1')
      await lab.sh('iocage start web')
      expect(readFileSync(join(lab.controlFolder, 'ipfw-flushed'), 'utf8')).toBe('ipfw -q flush\n')
    })

    it('with iocage_enable, jails with boot=on come back after a reboot', async () => {
      await create('web', 'boot=on')
      await create('shop')
      await lab.sh('sysrc iocage_enable=YES')
      await lab.stop()
      lab = await temporaryLab({ folder: lab.folder })
      expect((await lab.sh('jls name')).text).toBe('ioc-web\n')
      expect(existsSync(jail('shop/root/etc'))).toBe(true)
    })
  })
})
