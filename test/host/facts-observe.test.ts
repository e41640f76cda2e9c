import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Layout, layoutSchema } from '../../src/core/layout.ts'
import type { FactName } from '../../src/core/host.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { backendText } from '../../src/host/proxy/backend-file.ts'
import { baseConfiguration, frontConfiguration } from '../../src/host/proxy/configuration.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { testParts } from './facts-helper.ts'

/* A host made of small sh scripts that say what the real tools said (facts recorded on FreeBSD 15.1). */

let folder: string
let layout: Layout

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-facts-'))
  layout = layoutSchema.parse({
    programFolders: [join(folder, 'bin'), '/usr/bin', '/bin'],
    jailRoots: join(folder, 'jails'),
    trash: join(folder, 'jails/.trash'),
    base: join(folder, 'jails/.base'),
    jailConf: join(folder, 'etc/jail.conf'),
    jailConfFolder: join(folder, 'etc/jail.conf.d'),
    haproxy: { configFolder: join(folder, 'haproxy.d'), socket: join(folder, 'none.sock') },
  })
  jlsSays('{"__version": "2", "jail-information": {"jail": []}}')
  // prints FILE.exhibit, or fails with FILE.problem
  program('jail', 'if [ -f "$2.problem" ]; then cat "$2.problem" >&2; exit 1; fi\ncat "$2.exhibit" 2>/dev/null; exit 0')
  program('sysctl', 'exit 1')
  program('sysrc', `if [ -f "${folder}/rc/$2" ]; then cat "${folder}/rc/$2"; exit 0; fi\necho "sysrc: unknown variable '$2'" >&2; exit 1`)
  program(
    'ifconfig',
    'if [ "$1" = -l ]; then echo "vtnet0 lo0 lo1"; else printf "lo1: flags=8049\\n\\tinet 10.0.0.1 netmask 0xffffffff\\n\\tinet6 fe80::1%%lo1\\n"; fi',
  )
  put('rc/jail_list', '\n')
  put('rc/jail_enable', 'YES\n')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function program(name: string, body: string): void {
  put(`bin/${name}`, `#!/bin/sh\n${body}\n`)
  chmodSync(join(folder, 'bin', name), 0o755)
}

function jlsSays(json: string): void {
  program('jls', `cat <<'END'\n${json}\nEND`)
}

function configured(file: string, text: string, exhibit: string): void {
  put(file, text)
  put(`${file}.exhibit`, exhibit.replaceAll(' ¦ ', '\u001f'))
}

function look(...wanted: FactName[]) {
  const shell = createLocalShell({ programFolders: layout.programFolders, jailRoots: layout.jailRoots })
  return observe({ shell, layout }, wanted, { others: ['address:10.0.0.77'], here: [] })
}

test('jails are the running and the configured ones, once each', async () => {
  configured(
    'etc/jail.conf',
    'mail {}\n.include "jail.conf.d/*.conf";',
    'name=mail ¦ path=/m ¦ ip4.addr=lo1|10.0.0.20/32,10.0.0.21\nname=blog ¦ path=/jails/blog\n',
  )
  configured(
    'etc/jail.conf.d/blog.conf',
    '# jailops made this file\nblog {}',
    'name=blog ¦ path=/jails/blog ¦ host.hostname="blog here" ¦ ip4.addr=lo1|10.0.0.10/32 ¦ persist\n',
  )
  jlsSays(
    '{"jail-information": {"jail": [{"jid":3,"hostname":"blog","path":"/jails/blog","name":"blog","state":"ACTIVE","cpusetid":3,"ipv4_addrs":["10.0.0.10"],"ipv6_addrs":[]},{"jid":4,"hostname":"","path":"/s","name":"svcj","state":"ACTIVE","cpusetid":3,"ipv4_addrs":[],"ipv6_addrs":[]}]}}',
  )
  const { jails, boot, reservedByOthers } = await look('jails')
  expect(jails).toMatchObject([
    { name: 'blog', ours: true, state: 'running', jid: 3, address: '10.0.0.10', root: '/jails/blog', startsAtBoot: true },
    { name: 'mail', ours: false, state: 'stopped', address: '10.0.0.20', hostname: 'mail', startsAtBoot: true },
    { name: 'svcj', ours: false, state: 'running', startsAtBoot: false },
  ])
  expect(boot).toEqual({ list: [], configured: ['mail', 'blog'], jailEnable: true, includesFolder: true })
  expect(reservedByOthers).toEqual(['address:10.0.0.77'])
})

test('a broken file breaks its own jail only; jail.conf’s own names are still known', async () => {
  put('etc/jail.conf', 'exec.start = "/bin/true";\nmail {\n ip4.addr = "lo1|10.0.0.20/32";\n}\n.include "x/*.conf";')
  put('etc/jail.conf.problem', 'jail: half.conf: unexpected EOF\n')
  put('etc/jail.conf.d/half.conf', '# jailops made this file\nhalf {')
  put('etc/jail.conf.d/half.conf.problem', 'jail: half.conf: unexpected EOF\n')
  configured('etc/jail.conf.d/shop.conf', 'shop {}', 'name=shop ¦ path=/shop\n')
  const { jails, boot } = await look('jails')
  expect(jails).toMatchObject([
    { name: 'half', ours: true, state: 'broken', problem: 'jail: half.conf: unexpected EOF' },
    { name: 'mail', ours: false, state: 'broken' },
    { name: 'shop', ours: false, state: 'stopped' },
  ])
  expect(boot).toMatchObject({ configured: ['mail'], includesFolder: false, unreadable: 'jail: half.conf: unexpected EOF' })
})

test.each([
  ['.include "FOLDER/*.conf";', true],
  ["mail {}.include'jail.conf.d/*' ;", true],
  ['.include FOLDER/*.conf;', true],
  ['exec.start = "# no comment"; .include "FOLDER/../jail.conf.d/*.con?"; /* as "FOLDER/*.conf" */', true],
  ['.include "x/*.conf";\n.include "FOLDER/[a-z]*.conf";', true],
  ['', false],
  ['.include "x/*.conf";', false],
  ['.include "FOLDER/b*.conf";', false],
  ['.include "FOLDER/mail.conf";', false],
  ['.include "FOLDER/*/*.conf";', false],
  ['# .include "FOLDER/*.conf";', false],
  ['// don\'t .include "FOLDER/*.conf";', false],
  ['/* was:\n.include "FOLDER/mail.conf";\n.include "jail.conf.d/?*.conf"; */', false],
  ['mail { exec.start = "x .include y;"; }', false],
])('a jail.conf that says %j: includes our folder %s', async (text, includes) => {
  put('etc/jail.conf', text.replaceAll('FOLDER', layout.jailConfFolder))
  expect((await look('jails')).boot.includesFolder).toBe(includes)
})

test('a host without jail.conf includes nothing and hides nothing', async () => {
  expect((await look('jails')).boot).toEqual({ list: [], configured: [], jailEnable: true, includesFolder: false })
})

test.each([
  ['jls', 'exit 1'],
  ['jls', 'echo nonsense'],
  ['sysrc', 'echo "/etc/rc.conf: 12: Syntax error: Unterminated quoted string" >&2; exit 1'],
])('%s that answers nothing usable is not an empty host', async (name, body) => {
  program(name, body)
  await expect(look('jails')).rejects.toThrow(expect.objectContaining({ code: 'host_not_ready', message: expect.stringContaining(name) }))
})

test('a tool that is missing is named', async () => {
  rmSync(join(folder, 'bin/jls'))
  await expect(look('jails')).rejects.toThrow(expect.objectContaining({ code: 'host_not_ready', message: expect.stringContaining('jls') }))
})

test.each([
  ['\n', []],
  [' \n', ['']],
  ['mail  dns\n', ['mail', 'dns']],
])('jail_list %j', async (value, list) => {
  put('rc/jail_list', value)
  expect((await look('jails')).boot.list).toEqual(list)
})

test('an address of a stopped jail is taken, one in the trash is not', async () => {
  configured('etc/jail.conf.d/blog.conf', '', 'name=blog ¦ ip4.addr=lo1|10.0.0.10/32\n')
  put('jails/.base/x', 'x')
  const facts = await look('addresses')
  expect(facts.addresses).toEqual({ taken: ['10.0.0.1', '10.0.0.10'], interfaces: ['vtnet0', 'lo0', 'lo1'] })
  expect(facts.baseMegabytes).toBe(1)
  expect(facts.freeMegabytes).toBeGreaterThan(0)
})

test('the trash holds what has a manifest of its own name; the rest is skipped', async () => {
  const parts = testParts('blog')
  const manifest = {
    name: 'blog',
    manager: 'jail.conf',
    address: '10.0.0.2',
    startsAtBoot: true,
    wasRunning: true,
    sites: [{ host: 'a.example.com', targets: [{ jail: 'blog', weight: 100 }], settings: {} }],
    parts,
    limits: [],
  }
  put('jails/.trash/blog.rabcdefghijkmnpq/manifest.json', JSON.stringify(manifest))
  put('jails/.trash/shop.rabcdefghijkmnpq/manifest.json', JSON.stringify(manifest))
  put('jails/.trash/mail.rabcdefghijkmnpq/manifest.json', '{')
  put('jails/.trash/other/manifest.json', JSON.stringify(manifest))
  const { trash } = await look('trash')
  expect(trash).toEqual([{ ...manifest, request: 'rabcdefghijkmnpq', destroyedAt: expect.any(Number) }])
})

const serverAt = (jail: string, address: string) => ({ server: jail, jail, place: { address, port: 80 }, weight: 100 })

test('the proxy’s routes are lines of the map; a backend with an address that its jail no longer has does not count', async () => {
  configured('etc/jail.conf.d/blog.conf', '# jailops made this file', 'name=blog ¦ ip4.addr=lo1|10.0.0.10/32\n')
  configured('etc/jail.conf.d/shop.conf', '# jailops made this file', 'name=shop ¦ ip4.addr=lo1|10.0.0.11/32\n')
  put('haproxy.d/00-base.cfg', baseConfiguration(layout))
  put('haproxy.d/10-front.cfg', frontConfiguration(layout))
  put('haproxy.d/20-jail_blog.cfg', backendText('jail_blog', [serverAt('blog', '10.0.0.10')]))
  put('haproxy.d/20-jail_shop.cfg', backendText('jail_shop', [serverAt('shop', '10.0.0.99')]))
  put('haproxy.d/maps/hosts.map', '# jailops\nb.example.com jail_blog\n#x y\nb.example.com jail_shop\nold.example.com jail_gone\n')
  const { proxy } = await look('proxy')
  expect(proxy).toMatchObject({
    running: false,
    configured: true,
    enabled: false,
    routes: [
      { host: 'b.example.com', backend: 'jail_blog', targets: [{ jail: 'blog', weight: 100 }], jail: 'blog' },
      { host: 'old.example.com', backend: 'jail_gone', targets: [] },
    ],
    backends: [
      { name: 'jail_blog', isStale: false },
      { name: 'jail_shop', isStale: true },
    ],
  })
})

test('what was not asked for is not looked at', async () => {
  for (const name of ['jls', 'jail', 'sysrc', 'ifconfig']) program(name, 'exit 1')
  const facts = await look('trash')
  expect(facts).toMatchObject({ jails: [], trash: [] })
  expect(facts.host).toBeUndefined()
})

test('the host says its version, its time up and its securelevel', async () => {
  program('freebsd-version', 'echo 15.1-RELEASE-p1')
  program('uptime', 'echo " 9:41PM  up 3 days, 24 mins, 0 users, load averages: 0.52, 0.58, 0.59"')
  program('sysctl', 'echo -1')
  const { host } = await look('host')
  expect(host).toMatchObject({ version: '15.1-RELEASE-p1', uptime: '3 days, 24 mins', load: 0.52, securelevel: '-1', jailsRunning: 0 })
})
