import { positive } from '../jail-conf/jails.ts'
import { wordsOf } from '../words.ts'

/** The kernel's parameters in the order of jls -n, with what a new jail has. */
export const kernelParameters: [name: string, byDefault: string][] = [
  ['devfs_ruleset', '0'],
  ['dying', 'false'],
  ['enforce_statfs', '2'],
  ['env', ''],
  ['host', 'new'],
  ['ip4', 'disable'],
  ['ip6', 'disable'],
  ['jid', ''],
  ['meta', ''],
  ['name', ''],
  ['osreldate', '1501000'],
  ['osrelease', '15.1-RELEASE-p1'],
  ['parent', '0'],
  ['path', ''],
  ['persist', 'true'],
  ['securelevel', '-1'],
  ['sysvmsg', 'disable'],
  ['sysvsem', 'disable'],
  ['sysvshm', 'disable'],
  ['vnet', 'inherit'],
  ['allow.adjtime', 'false'],
  ['allow.chflags', 'false'],
  ['allow.extattr', 'false'],
  ['allow.mlock', 'false'],
  ['allow.mount', 'false'],
  ['allow.mount.devfs', 'false'],
  ['allow.mount.procfs', 'false'],
  ['allow.mount.tmpfs', 'false'],
  ['allow.nfsd', 'false'],
  ['allow.quotas', 'false'],
  ['allow.raw_sockets', 'false'],
  ['allow.read_msgbuf', 'false'],
  ['allow.reserved_ports', 'true'],
  ['allow.routing', 'false'],
  ['allow.set_hostname', 'true'],
  ['allow.setaudit', 'false'],
  ['allow.settime', 'false'],
  ['allow.socket_af', 'false'],
  ['allow.suser', 'true'],
  ['allow.sysvipc', 'false'],
  ['allow.unprivileged_parent_tampering', 'false'],
  ['allow.unprivileged_proc_debug', 'true'],
  ['children.cur', '0'],
  ['children.max', '0'],
  ['cpuset.id', ''],
  ['host.domainname', ''],
  ['host.hostid', '0'],
  ['host.hostname', ''],
  ['host.hostuuid', '00000000-0000-0000-0000-000000000000'],
  ['ip4.addr', ''],
  ['ip4.saddrsel', 'true'],
  ['ip6.addr', ''],
  ['ip6.saddrsel', 'true'],
]

/** What a module brings when it is loaded: jail(8) takes it and jls(8) shows it by name, among all of them it is not listed here. */
const moduleParameters = wordsOf(`
  allow.mount.fdescfs allow.mount.fusefs allow.mount.linprocfs allow.mount.linsysfs allow.mount.nullfs allow.mount.zfs allow.vmm
`)

export function moduleValue(name: string): string | undefined {
  return moduleParameters.includes(name) ? 'false' : undefined
}

const kernelNames = new Set([...kernelParameters.map(([name]) => name), ...moduleParameters])

/** What jail(8) itself acts on. */
const programParameters = new Set(
  wordsOf(`
  exec.prepare exec.prestart exec.created exec.start exec.poststart exec.prestop exec.stop exec.poststop exec.release
  exec.clean exec.consolelog exec.timeout exec.jail_user exec.system_user exec.system_jail_user exec.fib stop.timeout
  mount mount.fstab mount.devfs mount.fdescfs mount.procfs interface vnet.interface depend command ip_hostname
  allow.dying zfs.dataset
`),
)

/** jail(8) would act on these; the lab does not, and says so. */
export const notImitated = new Set(['ip_hostname', 'zfs.dataset'])

export function isKnown(name: string): boolean {
  if (kernelNames.has(name) || programParameters.has(name)) return true
  if (/^(meta|env)\.[A-Za-z0-9_.-]+$/.test(name)) return true
  const plain = positive(name)
  return plain !== name && (kernelNames.has(plain) || programParameters.has(plain))
}

export function isKernelParameter(name: string): boolean {
  return kernelNames.has(positive(name)) || /^(meta|env)\./.test(name)
}

export function isSwitch(name: string): boolean {
  return /^(persist|dying|allow\..*|ip[46]\.saddrsel)$/.test(name)
}
