import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { wordsOf } from '../words.ts'
import { fail } from './speech.ts'

const configSchema = z.record(z.string(), z.union([z.string(), z.number()]))

export type Config = z.infer<typeof configSchema>

/** What a jail has unless its config.json says something else. */
export const defaults: Config = {
  CONFIG_VERSION: '35',
  allow_chflags: 0,
  allow_mlock: 0,
  allow_mount: 0,
  allow_mount_devfs: 0,
  allow_mount_fdescfs: 0,
  allow_mount_fusefs: 0,
  allow_mount_linprocfs: 0,
  allow_mount_linsysfs: 0,
  allow_mount_nullfs: 0,
  allow_mount_procfs: 0,
  allow_mount_tmpfs: 0,
  allow_mount_zfs: 0,
  allow_nfsd: 0,
  allow_quotas: 0,
  allow_raw_sockets: 0,
  allow_set_hostname: 1,
  allow_socket_af: 0,
  allow_sysvipc: 0,
  allow_tun: 0,
  allow_vmm: 0,
  assign_localhost: 0,
  available: 'readonly',
  basejail: 0,
  boot: 0,
  bpf: 0,
  children_max: '0',
  cloned_release: 'EMPTY',
  comment: 'none',
  compressratio: 'readonly',
  cpuset: 'off',
  cputime: 'off',
  dedup: 'off',
  defaultrouter: 'auto',
  defaultrouter6: 'auto',
  depends: 'none',
  devfs_ruleset: '4',
  dhcp: 0,
  enforce_statfs: '2',
  exec_clean: 1,
  exec_created: '/usr/bin/true',
  exec_fib: '0',
  exec_poststart: '/usr/bin/true',
  exec_poststop: '/usr/bin/true',
  exec_prestart: '/usr/bin/true',
  exec_prestop: '/usr/bin/true',
  exec_start: '/bin/sh /etc/rc',
  exec_stop: '/bin/sh /etc/rc.shutdown',
  exec_timeout: '60',
  host_domainname: 'none',
  host_hostname: 'none',
  host_hostuuid: 'none',
  host_time: 1,
  hostid: '00000000-0000-0000-0000-000000000000',
  hostid_strict_check: 0,
  interfaces: 'vnet0:bridge0',
  ip4: 'new',
  ip4_addr: 'none',
  ip4_saddrsel: 1,
  ip6: 'new',
  ip6_addr: 'none',
  ip6_saddrsel: 1,
  ip_hostname: 0,
  jail_zfs: 0,
  jail_zfs_dataset: 'none',
  jail_zfs_mountpoint: 'none',
  last_started: 'none',
  localhost_ip: 'none',
  login_flags: '-f root',
  mac_prefix: '02ff60',
  maxproc: 'off',
  memoryuse: 'off',
  mount_devfs: 1,
  mount_fdescfs: 1,
  mount_linprocfs: 0,
  mount_procfs: 0,
  nat: 0,
  nat_backend: 'ipfw',
  nat_forwards: 'none',
  nat_interface: 'none',
  nat_prefix: '172.16',
  notes: 'none',
  openfiles: 'off',
  owner: 'root',
  pcpu: 'off',
  priority: '99',
  quota: 'none',
  release: 'EMPTY',
  reservation: 'none',
  resolver: '/etc/resolv.conf',
  rlimits: 'off',
  rtsold: 0,
  securelevel: '2',
  stop_timeout: '30',
  sysvmsg: 'new',
  sysvsem: 'new',
  sysvshm: 'new',
  template: 0,
  type: 'jail',
  used: 'readonly',
  vmemoryuse: 'off',
  vnet: 0,
  vnet_default_interface: 'auto',
  vnet_interfaces: 'none',
  wallclock: 'off',
}

/** Yes or no, kept as 1 or 0. */
export const truthy = new Set(
  Object.keys(defaults)
    .filter((name) => /^(allow_|mount_)/.test(name))
    .concat(
      wordsOf(`
    assign_localhost basejail boot bpf dhcp exec_clean host_time hostid_strict_check ip4_saddrsel ip6_saddrsel ip_hostname jail_zfs
    nat rtsold template vnet
  `),
    ),
)

/** In config.json, but not to be set. */
export const fixed = new Set(wordsOf('CONFIG_VERSION basejail cloned_release host_hostuuid last_started release type'))

export const ofDataset = new Set(wordsOf('available compressratio dedup quota reservation used'))

export function isTrue(value: string | number | undefined): boolean {
  return ['1', 'on', 'yes', 'true'].includes(String(value ?? '').toLowerCase())
}

export function readConfig(folder: string): Config {
  const file = join(folder, 'config.json')
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  if (!existsSync(file)) fail(`${name} is missing its configuration, please destroy this jail and recreate it.`)
  const parsed = parse(readFileSync(file, 'utf8'))
  return parsed ?? fail(`${name} has a corrupt configuration, please fix this jail or destroy and recreate it.`)
}

function parse(json: string): Config | undefined {
  try {
    return configSchema.parse(JSON.parse(json))
  } catch {
    return undefined
  }
}

export function writeConfig(folder: string, config: Config): void {
  const sorted = Object.fromEntries(Object.entries(config).toSorted(([one], [other]) => (one < other ? -1 : 1)))
  writeFileSync(join(folder, 'config.json'), JSON.stringify(sorted, null, 4))
}

/** With the defaults below it. */
export function fullConfig(folder: string): Config {
  const all = { ...defaults, ...readConfig(folder) }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, truthy.has(name) ? Number(isTrue(value)) : value]))
}

export function text(config: Config, name: string): string {
  return String(config[name] ?? 'none')
}
