import { z } from 'zod'
import { managers } from './jail.ts'
import { proxyKinds } from './proxy.ts'

/** An absolute path in plain characters: it goes into configuration files, so nothing that any of them would read as syntax. */
export const absolutePath = z
  .string()
  .max(900)
  .regex(/^\/[A-Za-z0-9._+@/-]*$/, 'must be an absolute path of letters, digits and . _ + @ - /')
  .refine((path) => !path.split('/').includes('..'), 'must not contain ..')

const port = z.int().min(1).max(65535)
const address = z.ipv4()

/** How nginx inside a jail is reached: on the jail's own address (FreeBSD), or on one shared address with one port a jail. */
const sitesSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('own-address'), port: port.default(80), statusPort: port.default(8081) }),
  z.strictObject({ kind: z.literal('shared-address'), address, firstPort: port, firstStatusPort: port }),
])

const haproxyLayoutSchema = z.strictObject({
  /** A folder of *.cfg files, read in C order; `haproxy_config` in rc.conf names it. */
  configFolder: absolutePath.default('/usr/local/etc/haproxy.d'),
  /** Where the host has a configuration of its own, as long as `haproxy_config` in rc.conf names no other. */
  usualFile: absolutePath.default('/usr/local/etc/haproxy.conf'),
  socket: absolutePath.default('/var/run/jailops-haproxy.sock'),
  /** As the rc script has it, unless `haproxy_pidfile` in rc.conf says otherwise. */
  pidFile: absolutePath.default('/var/run/haproxy.pid'),
  /** Never `*`: on a shared stack it would also answer for a jail whose own server is down. */
  bindAddress: address.default('127.0.0.1'),
  bindPort: port.default(80),
  tlsPort: port.default(443),
})

/** Who gives out certificates. */
const acmeLayoutSchema = z.strictObject({
  /** Where RFC 8555 begins. https://acme-staging-v02.api.letsencrypt.org/directory for trying out. */
  directory: z.url({ protocol: /^https$/ }).default('https://acme-v02.api.letsencrypt.org/directory'),
  /** Of an authority of one's own: who vouches for its directory. On the machine of the worker. */
  caFile: absolutePath.optional(),
  /** Where the authority writes to when something is wrong. */
  contact: z.email().optional(),
  /** What ends within so many days is renewed; of a certificate that is short-lived anyway, its last third. */
  renewDays: z.int().min(1).max(90).default(30),
})

/** Where things are on a host. The defaults are FreeBSD's usual places. */
export const layoutSchema = z.strictObject({
  programFolders: z.array(absolutePath).min(1).default(['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']),
  jailRoots: absolutePath.default('/usr/jails'),
  /** Must be on the same filesystem as jailRoots: destroy is a rename. */
  trash: absolutePath.default('/usr/jails/.trash'),
  /** A folder that is copied, or an archive (.txz, .tar.gz, .tar) that is unpacked, into a new jail's root. */
  base: absolutePath.default('/usr/jails/.base'),
  resolvConf: absolutePath.default('/etc/resolv.conf'),
  jailConf: absolutePath.default('/etc/jail.conf'),
  jailConfFolder: absolutePath.default('/etc/jail.conf.d'),
  interface: z
    .string()
    .regex(/^[a-z]{1,12}[0-9]{1,4}$/, 'must be an interface name such as lo1')
    .default('lo1'),
  /** Where a jail with a network stack of its own is plugged in; without it there are none. */
  bridge: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,14}$/, 'must be an interface name such as bridge0')
    .optional(),
  pool: z.cidrv4().default('10.0.0.0/24'),
  sites: sitesSchema.default({ kind: 'own-address', port: 80, statusPort: 8081 }),
  /** What stands in front of the jails. */
  proxy: z.enum(proxyKinds).default('haproxy'),
  haproxy: haproxyLayoutSchema.prefault({}),
  acme: acmeLayoutSchema.prefault({}),
  /** nginx on the host, where it stands in front instead: a folder of ours, and the main file that includes it. Same address and ports. */
  nginxFront: z
    .strictObject({
      configuration: absolutePath.default('/usr/local/etc/nginx/nginx.conf'),
      folder: absolutePath.default('/usr/local/etc/nginx/jailops'),
      /** Of its log, one line a request. The worker keeps it short; where no worker runs newsyslog(8) does, by a file in the next one. */
      logFolder: absolutePath.default('/var/log/jailops-nginx'),
      newsyslogFolder: absolutePath.default('/usr/local/etc/newsyslog.conf.d'),
      /** As nginx has it compiled in: whom newsyslog tells. */
      pidFile: absolutePath.default('/var/run/nginx.pid'),
    })
    .prefault({}),
  /** The manager of a new jail when nobody names one. */
  manager: z.enum(managers).default('jail.conf'),
  bastille: z.strictObject({ prefix: absolutePath.default('/usr/local/bastille') }).prefault({}),
  iocage: z.strictObject({ root: absolutePath.default('/iocage') }).prefault({}),
  ezjail: z
    .strictObject({
      jails: absolutePath.default('/usr/jails'),
      configurations: absolutePath.default('/usr/local/etc/ezjail'),
      /** Of the fstab.NAME files. */
      fstabFolder: absolutePath.default('/etc'),
    })
    .prefault({}),
  /** Unpacked releases that jails of jail.conf are made from. */
  releases: absolutePath.default('/usr/jails/.releases'),
  /** Exported jails. */
  archives: absolutePath.default('/usr/jails/.archives'),
  /** NAME.yaml each. */
  templates: absolutePath.default('/usr/local/etc/jailops/templates'),
  /** Which jails of other managers are ours, with tags and notes: one `MANAGER/NAME VALUES` line each. */
  marks: absolutePath.default('/usr/jails/.marks'),
  rctlConf: absolutePath.default('/etc/rctl.conf'),
  /** The folder of console logs. */
  logs: absolutePath.default('/var/log'),
  /** After so many days what is in the trash may be purged. */
  trashDays: z.int().min(1).default(30),
  /** When set, the Shell refuses to write or move anything outside this folder. */
  confineTo: absolutePath.optional(),
})

export type Layout = z.infer<typeof layoutSchema>

/** The endpoint of a jail's site; `index` is the address's place in the pool (0 is the network's own address). */
export function siteEndpoint(layout: Layout, jailAddress: string, index: number): Endpoint {
  const { sites } = layout
  if (sites.kind === 'own-address') return { address: jailAddress, port: sites.port, statusPort: sites.statusPort }
  return { address: sites.address, port: sites.firstPort + index, statusPort: sites.firstStatusPort + index }
}

/** How the site of the jail with this address is reached from the host. */
export function endpointOf(layout: Layout, jailAddress: string): Endpoint {
  const [network = '', bits] = layout.pool.split('/')
  const size = 2 ** (32 - Number(bits))
  return siteEndpoint(layout, jailAddress, numberOf(jailAddress) - Math.floor(numberOf(network) / size) * size)
}

function numberOf(text: string): number {
  return text.split('.').reduce((number, byte) => number * 256 + Number(byte), 0)
}

export interface Endpoint {
  address: string
  port: number
  statusPort: number
}
