import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
const open = async () => {
  lab = await temporaryLab({ zfs: true, managers: ['iocage'] })
  await lab.sh("iocage create -n web -r 15.1-RELEASE 'ip4_addr=lo1|127.9.9.2/32'")
}
const close = () => lab.remove()
const jail = (path: string) => join(lab.hostFolder, 'iocage/jails', path)

describe('what changes nothing', () => {
  beforeAll(open)
  afterAll(close)

  it.each([
    ['iocage set tag=x web', 'tag is not a valid property!\n'],
    ['iocage set type=x web', 'type cannot be changed by the user.\n'],
    ['iocage set boot web', 'boot is is missing a value!\n'],
    ['iocage set web', 'You must specify a jail!\n'],
    ['iocage set quota=5 web', '5 should have a suffix ending in M, G, or T.\n'],
    ['iocage get nothing web', 'nothing is not a valid property!\n'],
  ])('%s fails', async (line, text) => {
    expect(await lab.sh(line)).toEqual({ code: 1, text })
  })

  it.each([
    ['iocage frob', 2, "Usage: iocage [OPTIONS] COMMAND [ARGS]...\nTry 'iocage --help' for help.\n\nError: No such command 'frob'.\n"],
    ['iocage console web', 70, 'lab: iocage: console web is not imitated here\n'],
    ['iocage migrate', 70, 'lab: iocage: migrate is not imitated here\n'],
    ['iocage chroot web', 0, 'iocage chroot is deprecated. If you need to execute a shell inside the jail use: iocage console\n'],
    ['iocage activate tank', 1, "ZFS pool 'tank' not found!\n"],
    ['iocage fetch -r 15.0-RELEASE', 70, 'lab: iocage: fetch without --noeol would read www.freebsd.org\n'],
    ['iocage upgrade web -r 15.1-RELEASE', 1, 'Jail: web is already at version 15.1-RELEASE!\n'],
    ['iocage list -r -h', 0, '15.1-RELEASE\n'],
    ['iocage list -q -h', 0, 'web\tlo1|127.9.9.2/32\n'],
    ['iocage --version', 0, 'Version\t1.13\n'],
  ])('%s ends with %i', async (line, code, text) => {
    expect(await lab.sh(line)).toEqual({ code, text })
  })
})

describe('a lab of its own', () => {
  beforeEach(open)
  afterEach(close)

  describe('properties', () => {
    it('are set with what was before, and read', async () => {
      expect(await lab.sh('iocage set boot=on notes=x web; iocage get boot web; iocage get notes web')).toEqual({
        code: 0,
        text: 'boot: 0 -> 1\nnotes: none -> x\n1\nx\n',
      })
      const all = (await lab.sh('iocage get all web')).text.split('\n')
      expect(all).toEqual(
        expect.arrayContaining(['boot:1', 'ip4_addr:lo1|127.9.9.2/32', 'state:down', 'release:15.1-RELEASE', 'quota:none']),
      )
      expect((await lab.sh('iocage get -r -h notes')).text).toBe('web\tx\n')
    })

    it('reach the running jail at once', async () => {
      await lab.sh('iocage start web; iocage set host_hostname=new.example web')
      expect((await lab.sh('jls -j ioc-web host.hostname')).text).toBe('new.example\n')
    })
  })

  describe('exec', () => {
    beforeEach(() => lab.sh('iocage start web'))

    it('gives one word to the shell, and keeps several as they are', async () => {
      expect((await lab.sh("iocage exec web 'echo one; echo two'")).text).toBe('one\ntwo\n')
      expect((await lab.sh("iocage exec web echo 'one; echo two'")).text).toBe('one; echo two\n')
    })

    it('loses the exit code, and takes its own options out of the command', async () => {
      expect(await lab.sh("iocage exec web sh -c 'exit 7'")).toEqual({ code: 1, text: 'Command: sh -c exit 7 failed!\n' })
      expect((await lab.sh('iocage exec web echo -f')).text).toBe('\n')
      expect((await lab.sh('iocage exec web -- echo -f')).text).toBe('-f\n')
    })

    it('needs a running jail', async () => {
      await lab.sh('iocage stop web')
      expect(await lab.sh('iocage exec web echo a b')).toEqual({
        code: 1,
        text: 'web is not running! Please supply --force (-f) or start the jail\n',
      })
    })

    it('pkg works from the host, for a jail with an address', async () => {
      expect((await lab.sh('iocage pkg web install -y nginx')).code).toBe(0)
      expect(existsSync(jail('web/root/usr/local/sbin/nginx'))).toBe(true)
      await lab.sh('iocage create -n bare -r 15.1-RELEASE; iocage start bare')
      expect((await lab.sh('iocage pkg bare info')).text).toContain('The jail requires an IP address before you can use pkg.')
    })
  })

  describe('snapshots', () => {
    it('are made, listed, gone back to and removed', async () => {
      expect((await lab.sh('iocage snapshot web -n s')).text).toBe('Snapshot: zroot/iocage/jails/web@s created.\n')
      expect(await lab.sh('iocage snapshot web -n s')).toEqual({ code: 1, text: 'Snapshot already exists!\n' })
      expect((await lab.sh('iocage snaplist -h web')).text.split('\n').map((line) => line.split('\t')[0])).toEqual(['s', 's/root', ''])
      lab.write('iocage/jails/web/root/etc/new', 'x')
      expect(await lab.sh('iocage rollback web -n s -f')).toEqual({ code: 0, text: 'Rolled back to: zroot/iocage/jails/web\n' })
      expect(existsSync(jail('web/root/etc/new'))).toBe(false)
      expect((await lab.sh('iocage start web >/dev/null; iocage rollback web -n s -f')).text).toBe(
        'Please stop web before trying to rollback!\n',
      )
      expect((await lab.sh('iocage snapremove web -n s -f')).text).toBe('Snapshot: zroot/iocage/jails/web@s destroyed\n')
      expect(await lab.sh('iocage snapremove web -n s -f')).toEqual({ code: 1, text: 'Snapshot: zroot/iocage/jails/web@s not found!\n' })
      expect((await lab.sh('iocage rollback web')).code).toBe(2)
    })
  })

  describe('clone, rename, export and fstab', () => {
    it('clone takes the whole configuration along, but not of a running jail', async () => {
      expect(await lab.sh("iocage clone web -n two 'ip4_addr=lo1|127.9.9.3/32'")).toEqual({ code: 0, text: 'two successfully cloned!\n' })
      expect(JSON.parse(readFileSync(jail('two/config.json'), 'utf8'))).toMatchObject({
        host_hostuuid: 'two',
        ip4_addr: 'lo1|127.9.9.3/32',
      })
      expect(await lab.sh('iocage start web >/dev/null; iocage clone web -n three')).toEqual({
        code: 1,
        text: 'Jail: web must not be running to be cloned!\n',
      })
    })

    it('rename stops a running jail and leaves it so', async () => {
      await lab.sh('iocage start web')
      expect(await lab.sh('iocage rename web shop')).toEqual({ code: 0, text: 'Jail: web renamed to shop\n' })
      expect((await lab.sh('iocage list -l -h')).text).toBe('None\tshop\toff\tdown\tjail\t15.1-RELEASE\tlo1|127.9.9.2/32\t-\t-\tno\n')
      expect((await lab.sh('zfs get -H -o value origin zroot/iocage/jails/shop/root')).text).toBe(
        'zroot/iocage/releases/15.1-RELEASE/root@shop\n',
      )
    })

    it('export and import round-trip', async () => {
      lab.write('iocage/jails/web/root/root/data', 'precious\n')
      expect((await lab.sh('iocage export web')).code).toBe(0)
      expect(readdirSync(join(lab.hostFolder, 'iocage/images')).map((name) => name.replace(/\d{4}-\d\d-\d\d/, 'DAY'))).toEqual([
        'web_DAY.sha256',
        'web_DAY.zip',
      ])
      expect((await lab.sh('iocage destroy -f web; iocage import web')).text).toMatch(/\nImported: web\n$/)
      expect(readFileSync(jail('web/root/root/data'), 'utf8')).toBe('precious\n')
      expect((await lab.sh('iocage start web')).code).toBe(0)
      expect(await lab.sh('iocage export web')).toEqual({ code: 1, text: 'web is running, stop the jail before exporting!\n' })
    })

    it('fstab entries are mounted and unmounted in a running jail', async () => {
      await lab.sh('iocage start web')
      const on = jail('web/root/mnt')
      expect((await lab.sh("iocage fstab -a web '/root /mnt nullfs ro 0 0'")).text).toContain("Successfully added mount to web's fstab\n")
      expect((await lab.sh('iocage fstab -l -h web; mount -t nullfs')).text).toBe(
        `0\t/root\t${on}\tnullfs\tro\t0\t0\n/root on ${on} (nullfs, local, read-only)\n`,
      )
      expect((await lab.sh('iocage fstab -r web 0; mount -t nullfs')).text).toBe("Successfully removed mount from web's fstab\n")
      expect(await lab.sh("iocage fstab -a web '/nope /mnt nullfs ro 0 0'")).toEqual({ code: 1, text: 'Source: /nope does not exist!\n' })
    })
  })

  describe('releases and pools', () => {
    it('a release comes out of a folder too', async () => {
      await lab.sh('mkdir -p /tmp/dist/15.0-RELEASE; cp /usr/freebsd-dist/base.txz /tmp/dist/15.0-RELEASE/base.txz')
      lab.write('tmp/dist/15.0-RELEASE/MANIFEST', '')
      expect((await lab.sh('iocage fetch -F -d /tmp/dist -r 15.0-RELEASE')).code).toBe(0)
      expect((await lab.sh('iocage create -n old -r 15.0-RELEASE; iocage list -r -h')).text).toBe(
        'old successfully created!\n15.0-RELEASE\n15.1-RELEASE\n',
      )
    })

    it('nothing goes while no pool is active', async () => {
      await lab.sh('iocage deactivate zroot')
      expect((await lab.sh('iocage list')).code).toBe(1)
      expect((await lab.sh('iocage activate zroot; iocage list -h')).text).toContain("ZFS pool 'zroot' successfully activated.\nNone\tweb")
    })
  })
})
