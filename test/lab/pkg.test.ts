import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { temporaryFolder, temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
})
afterAll(() => lab.remove())
beforeEach(async () => {
  await lab.sh('cp -a /usr/jails/.base /usr/jails/one; jail -c name=one path=/usr/jails/one host.hostname=one.example persist')
})
afterEach(() => lab.sh('jail -r one; rm -rf /usr/jails/one /var/db/lab-mirror.json'))

const inOne = (path: string) => join(lab.hostFolder, 'usr/jails/one', path)
const mirror = (text: string) => lab.write('var/db/lab-mirror.json', text)

it('installs what is asked for and what that needs, and says so as pkg does', async () => {
  const ran = await lab.sh('pkg -j one install -y curl redis')
  expect(ran).toEqual({
    code: 0,
    text: `Updating FreeBSD-ports repository catalogue...
FreeBSD-ports repository is up to date.
All repositories are up to date.
The following 4 package(s) will be affected (of 0 checked):

New packages to be INSTALLED:
	ca_root_nss: 3.117 [FreeBSD-ports]
	libnghttp2: 1.67.1 [FreeBSD-ports]
	curl: 8.16.0 [FreeBSD-ports]
	redis: 8.2.1 [FreeBSD-ports]

Number of packages to be installed: 4
Checking integrity... done (0 conflicting)
[one.example] [1/4] Installing ca_root_nss-3.117...
[one.example] [1/4] Extracting ca_root_nss-3.117: 100%
[one.example] [2/4] Installing libnghttp2-1.67.1...
[one.example] [2/4] Extracting libnghttp2-1.67.1: 100%
[one.example] [3/4] Installing curl-8.16.0...
[one.example] [3/4] Extracting curl-8.16.0: 100%
[one.example] [4/4] Installing redis-8.2.1...
[one.example] [4/4] Extracting redis-8.2.1: 100%
`,
  })
  expect(existsSync(inOne('usr/local/bin/redis-server'))).toBe(true)
  expect((await lab.sh('pkg -j one query "%n %v %o %a"')).text).toBe(
    'ca_root_nss 3.117 security/ca_root_nss 1\ncurl 8.16.0 ftp/curl 0\nlibnghttp2 1.67.1 www/libnghttp2 1\nredis 8.2.1 databases/redis 0\n',
  )
  expect((await lab.sh('pkg -j one query %dn curl; pkg -j one info -q; pkg -j one info -d curl')).text).toBe(
    'ca_root_nss\nlibnghttp2\nca_root_nss-3.117\ncurl-8.16.0\nlibnghttp2-1.67.1\nredis-8.2.1\ncurl-8.16.0:\n\tca_root_nss\n\tlibnghttp2\n',
  )
})

it('raises versions once the mirror has newer ones, and passes a locked package over without a word', async () => {
  await lab.sh('pkg -j one install -y redis vim; pkg -j one lock -y vim')
  expect((await lab.sh('pkg -j one upgrade -y')).text).toMatch(/Your packages are up to date\.\n$/)
  mirror('{"packages": {"redis": "8.2.2", "vim": "9.2.0"}}')
  expect((await lab.sh('pkg -j one version -UvL=')).text).toBe(
    'redis-8.2.1                        <   needs updating (remote has 8.2.2)\nvim-9.1.1744                       <   needs updating (remote has 9.2.0)\n',
  )
  expect((await lab.sh('pkg -j one upgrade -n')).code).toBe(1)
  const ran = await lab.sh('pkg -j one upgrade -y')
  expect(ran.text).toContain('Installed packages to be UPGRADED:\n\tredis: 8.2.1 -> 8.2.2 [FreeBSD-ports]\n')
  expect(ran.text).toContain('[one.example] [1/1] Upgrading redis from 8.2.1 to 8.2.2...\n')
  expect((await lab.sh('pkg -j one query "%n-%v"')).text).toBe('redis-8.2.2\nvim-9.1.1744\n')
  expect(await lab.sh('pkg -j one unlock -y vim; pkg -j one upgrade -y vim >/dev/null; pkg -j one info -e vim-9.2.0')).toMatchObject({
    code: 0,
  })
})

it('removes with what depends on it, keeps changed configurations, and tidies up after', async () => {
  await lab.sh('pkg -j one install -y git-lite redis; jexec one tee /usr/local/etc/redis.conf', 'port 7000\n')
  const ran = await lab.sh('pkg -j one delete -y curl redis')
  expect(ran.code).toBe(0)
  expect(ran.text).toContain('Deinstallation has been requested for the following 3 packages (of 0 packages in the universe):\n')
  expect(readFileSync(inOne('usr/local/etc/redis.conf'), 'utf8')).toBe('port 7000\n')
  expect(existsSync(inOne('usr/local/etc/rc.d/redis'))).toBe(false)
  expect((await lab.sh('pkg -j one autoremove -y')).text).toContain('the following 3 packages:')
  expect(await lab.sh('pkg -j one info -q; pkg -j one autoremove -y')).toEqual({
    code: 0,
    text: 'Checking integrity... done (0 conflicting)\nNothing to do.\n',
  })
})

it('a locked package is not removed', async () => {
  await lab.sh('pkg -j one install -y vim; pkg -j one lock -y vim')
  expect(await lab.sh('pkg -j one delete -y vim')).toMatchObject({ code: 7 })
  expect((await lab.sh('pkg -j one lock -l; pkg -j one lock -y vim')).text).toBe(
    'Currently locked packages:\nvim-9.1.1744\nvim-9.1.1744: already locked\n',
  )
})

it('audit wants its list first and answers 1 when there is something', async () => {
  await lab.sh('pkg -j one install -y vim curl')
  expect(await lab.sh('pkg -j one audit')).toEqual({
    code: 1,
    text: "pkg: vulnxml file /var/db/pkg/vuln.xml does not exist. Try running 'pkg audit -F' first\n",
  })
  const ran = await lab.sh('pkg -j one audit -F')
  expect(ran.code).toBe(1)
  expect(ran.text).toMatch(/^\[one\.example] Fetching vuln\.xml\.xz: 100%\nvim-9\.1\.1744 is vulnerable:\n/)
  expect(ran.text).toMatch(/\n1 problem\(s\) in 1 package\(s\) found\.\n$/)
  expect(await lab.sh('pkg -j one audit -q')).toEqual({ code: 1, text: 'vim-9.1.1744\n' })
  mirror('{"vulnerable": {}}')
  expect(await lab.sh('pkg -j one audit')).toEqual({ code: 0, text: '0 problem(s) in 0 package(s) found.\n' })
})

it("says whose a file is; the base of an ordinary jail is nobody's", async () => {
  await lab.sh('pkg -j one install -y curl')
  expect((await lab.sh('pkg -j one which /usr/local/bin/curl; pkg -j one which -q /usr/local/bin/curl')).text).toBe(
    '/usr/local/bin/curl was installed by package curl-8.16.0\ncurl-8.16.0\n',
  )
  expect(await lab.sh('pkg -j one which /usr/bin/uname')).toEqual({ code: 1, text: '/usr/bin/uname was not found in the database\n' })
  expect(await lab.sh('pkg -r /usr/jails/one which -q /usr/local/bin/curl')).toEqual({ code: 0, text: 'curl-8.16.0\n' })
})

it('-N asks whether pkg is usable; a jail has none of its own until it is fetched', async () => {
  expect(await lab.sh('pkg -N')).toEqual({ code: 0, text: 'pkg: 1 packages installed\n' })
  expect(await lab.sh('pkg -j one -N')).toEqual({ code: 1, text: 'pkg: package database non-existent\n' })
  expect(await lab.sh('pkg -j one bootstrap -y')).toEqual({ code: 0, text: 'pkg(8) already installed, use -f to force.\n' })
  expect((await lab.sh('jexec one pkg info')).code).toBe(1)
  expect((await lab.sh('jexec one pkg bootstrap -y')).text).toMatch(/\[one\.example] Extracting pkg-2\.4\.2: 100%\n$/)
  expect(await lab.sh('jexec one pkg info -q')).toEqual({ code: 0, text: 'pkg-2.4.2\n' })
})

it('fills a root with the base system as packages and raises them', async () => {
  await lab.sh('mkdir -p /usr/jails/two /tmp/repos')
  lab.write('tmp/repos/base.conf', 'FreeBSD-base-release-1: { url: "pkg+https://pkg.freebsd.org/${ABI}/base_release_1" }\n')
  const options =
    '--rootdir /usr/jails/two --repo-conf-dir /tmp/repos -o ABI=FreeBSD:15:amd64 -o IGNORE_OSVERSION=yes -o ASSUME_ALWAYS_YES=yes'
  const ran = await lab.sh(`pkg ${options} install -r FreeBSD-base-release-1 FreeBSD-set-base-jail`)
  expect(ran).toMatchObject({ code: 0 })
  expect((await lab.sh('pkg -r /usr/jails/two which /usr/bin/uname')).text).toBe(
    '/usr/bin/uname was installed by package FreeBSD-runtime-15.1p1\n',
  )
  await lab.sh('jail -c name=two path=/usr/jails/two persist')
  expect((await lab.sh('pkg -j two upgrade -y -r FreeBSD-base')).text).toMatch(/Your packages are up to date\.\n$/)
  mirror('{"patches": {"15.1-RELEASE": 2}}')
  expect((await lab.sh('pkg -j two upgrade -y -r FreeBSD-base')).text).toContain('\tFreeBSD-runtime: 15.1p1 -> 15.1p2 [FreeBSD-base]\n')
  expect((await lab.sh('jexec two cat /bin/freebsd-version')).text).toContain('USERLAND_VERSION="15.1-RELEASE-p2"\n')
})

it.each([
  ['pkg -j nosuch info', 1, 'pkg: jail "nosuch" not found\n'],
  ['pkg -j one -r /x info', 1, 'pkg: -j, -c and/or -r cannot be used at the same time!\n'],
  ['pkg -r /nowhere info', 1, 'pkg: Invalid rootdir: No such file or directory\n'],
  ['pkg -j one info nosuch', 1, 'pkg: No package(s) matching nosuch\n'],
  ['pkg -j one query %n nosuch', 1, ''],
  ['pkg -j one install curl', 70, 'lab: pkg: install without -y would ask\n'],
  ['pkg -j one check -s', 70, 'lab: pkg: -j one check -s is not imitated here\n'],
  ['pkg -j one delete -y curl', 0, 'pkg: No packages installed.  Nothing to do!\n'],
])('%s', async (line, code, text) => {
  expect(await lab.sh(line)).toEqual({ code, text })
})

it('does not leave a jail by a planted link', async () => {
  const outside = temporaryFolder()
  mkdirSync(inOne('var/db'), { recursive: true })
  symlinkSync(outside, inOne('var/db/pkg'))
  symlinkSync(outside, inOne('usr/local/share'))
  expect((await lab.sh('pkg -j one install -y redis')).code).toBe(0)
  expect(existsSync(join(outside, 'local.json'))).toBe(false)
  expect(existsSync(join(outside, 'licenses'))).toBe(false)
})
