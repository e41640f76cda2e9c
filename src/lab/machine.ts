import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Guard } from '../guard/guard.ts'
import { makeBase, makeBaseArchive } from './base.ts'
import { bootBastille, setUpBastille } from './bastille/first-start.ts'
import { recordCall } from './call.ts'
import { createLocks, type Host } from './host.ts'
import type { Paths } from './paths.ts'
import { installOwn } from './pkg/pkg.ts'
import { runHostProgram } from './programs.ts'
import type { Settings } from './settings.ts'
import { bootIocage, installIocage } from './iocage/boot.ts'
import { isYes, readForService } from './service/rc.ts'
import { bringUpInterfaces } from './service/netif.ts'
import { bootPool } from './zfs/boot.ts'

const rcConf = `hostname="lab.example"
ifconfig_vtnet0="DHCP"
sshd_enable="YES"
gateway_enable="YES"
firewall_enable="YES"
firewall_type="open"
cloned_interfaces="lo1"
jail_enable="YES"
`

const script = '#!/bin/sh\n# lab: imitated\n'

/** Makes the host's files where they are missing: a folder that was a lab before stays as it is. */
export async function makeHostFiles(host: string, haproxyFolder: string): Promise<void> {
  const isNew = !existsSync(join(host, 'etc/rc.conf'))
  makeBase(host, '15.1-RELEASE-p1')
  if (isNew) writeFileSync(join(host, 'etc/rc.conf'), rcConf)
  for (const name of ['jail', 'ipfw', 'netif', 'rctl', 'routing']) put(join(host, 'etc/rc.d', name), script)
  put(join(host, 'usr/local/etc/rc.d/haproxy'), script)
  if (isNew) writeFileSync(join(host, 'etc/resolv.conf'), 'nameserver 10.0.2.3\n')
  for (const folder of ['etc/jail.conf.d', 'usr/jails/.trash', 'usr/local/sbin']) mkdirSync(join(host, folder), { recursive: true })
  mkdirSync(haproxyFolder, { recursive: true })
  const base = join(host, 'usr/jails/.base')
  makeBase(base)
  await makeBaseArchive(base, join(host, 'usr/freebsd-dist'))
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(path)) writeFileSync(path, text, { mode: 0o755 })
}

/** A machine as it is before rc(8) runs. */
export function coldMachine(paths: Paths, guard: Guard, settings: Settings): Host {
  return {
    paths,
    guard,
    jails: [],
    nextJid: 1,
    nextPid: 1579,
    interfaces: [{ name: 'lo0', aliases: [{ address: '127.0.0.1', prefix: 8 }] }],
    mounts: [],
    memoryDisks: new Set(),
    sysctls: new Map([
      ['kern.securelevel', '-1'],
      ['kern.racct.enable', loaderSays(paths.host, 'kern.racct.enable') ?? '0'],
      ['kern.ostype', 'FreeBSD'],
      ['kern.osrelease', '15.1-RELEASE-p1'],
      ['kern.osreldate', '1501000'],
      ['kern.hostname', ''],
      ['hw.ncpu', '2'],
      ['net.inet.ip.fw.one_pass', '0'],
      ['security.jail.jailed', '0'],
    ]),
    limits: [],
    immutable: new Set(),
    sharedAddress: settings.sharedAddress ? '127.0.0.1' : undefined,
    hasZfs: settings.zfs,
    managers: settings.managers,
    locks: createLocks(),
  }
}

/** A tunable that the loader gives to the kernel. */
function loaderSays(host: string, name: string): string | undefined {
  const file = join(host, 'boot/loader.conf')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const line = lines.findLast((each) => each.trim().startsWith(`${name}=`))
  return line === undefined ? undefined : /="?([^"#\s]*)/.exec(line)?.[1]
}

/** What rc(8) does at boot with rc.conf. Returns what it said. */
export async function boot(host: Host): Promise<string> {
  const said = recordCall('rc', [])
  installOwn({ host, folder: host.paths.host })
  if (host.hasZfs) bootPool(host)
  const hasIocage = host.hasZfs && host.managers.includes('iocage')
  if (hasIocage) await installIocage(host, said.call)
  const values = readForService([{ real: join(host.paths.host, 'etc/rc.conf'), shown: '/etc/rc.conf' }], said.call)
  if (values === undefined) return said.text()
  cleanVarRun(join(host.paths.host, 'var/run'))
  host.sysctls.set('kern.hostname', values.get('hostname') ?? '')
  bringUpInterfaces(host, values)
  if (isYes(values.get('rctl_enable'))) await runHostProgram(host, { ...said.call, program: 'service', args: ['rctl', 'start'] })
  const hasJails = existsSync(join(host.paths.host, 'etc/jail.conf')) || (values.get('jail_list') ?? '') !== ''
  if (isYes(values.get('jail_enable')) && hasJails) {
    await runHostProgram(host, { ...said.call, program: 'service', args: ['jail', 'start'] })
  }
  if (host.managers.includes('bastille')) {
    await setUpBastille(host, said.call)
    await bootBastille(host, values, said.call)
  }
  if (hasIocage && isYes(values.get('iocage_enable'))) await bootIocage(host, said.call)
  if (isYes(values.get('haproxy_enable'))) await runHostProgram(host, { ...said.call, program: 'service', args: ['haproxy', 'start'] })
  if (isYes(values.get('nginx_enable')) && existsSync(join(host.paths.host, 'usr/local/etc/rc.d/nginx')))
    await runHostProgram(host, { ...said.call, program: 'service', args: ['nginx', 'start'] })
  if (isYes(values.get('ezjail_enable')) && existsSync(join(host.paths.host, 'usr/local/etc/rc.d/ezjail')))
    await runHostProgram(host, { ...said.call, program: 'service', args: ['ezjail', 'start'] })
  return said.text()
}

/** Process ids and jail ids of before the reboot are somebody else's by now. */
function cleanVarRun(folder: string): void {
  for (const name of readdirSync(folder)) if (/\.pid$|^jail[._]/.test(name)) rmSync(join(folder, name))
}
