import { wordsOf } from '../words.ts'

const plain = wordsOf(`
  jid name path interface ip_hostname ip4.addr ip4.saddrsel ip4 ip6.addr ip6.saddrsel ip6 vnet vnet.interface novnet
  host.hostname host.domainname host.hostuuid host.hostid host securelevel devfs_ruleset children.max children.cur
  enforce_statfs persist nopersist cpuset.id parent osrelease osreldate meta env linux linux.osname linux.osrelease
  linux.oss_version sysvmsg sysvsem sysvshm zfs.mount_snapshot exec.prepare exec.prestart exec.created exec.start command
  exec.poststart exec.prestop exec.stop exec.poststop exec.release exec.clean exec.jail_user exec.system_jail_user
  exec.system_user exec.timeout exec.consolelog exec.fib stop.timeout zfs.dataset mount mount.fstab mount.devfs
  mount.fdescfs mount.procfs dying allow.dying
`)

const allowed = wordsOf(`
  set_hostname sysvipc raw_sockets chflags mount mount.devfs quotas read_msgbuf socket_af mlock nfsd reserved_ports
  unprivileged_parent_tampering unprivileged_proc_debug suser extattr adjtime settime routing setaudit mount.fdescfs
  mount.fusefs mount.nullfs mount.procfs mount.linprocfs mount.linsysfs mount.tmpfs mount.zfs vmm
`)

const known = new Set([...plain, ...allowed.flatMap((name) => [`allow.${name}`, `allow.no${name}`])])

/** What `bastille config` knows of jail.conf; `meta.owner` and other keys of `meta` are not among it. */
export function isProperty(name: string): boolean {
  return known.has(name)
}
