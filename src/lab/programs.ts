import { bastille } from './bastille/bastille.ts'
import type { Call } from './call.ts'
import { findReal } from './client.ts'
import { chroot } from './chroot.ts'
import { chflags, chgrp, cp, mkdir, mv, rm, rmdir, sha256, tee, truncate } from './files/files.ts'
import { ln } from './files/ln.ts'
import { find, stat } from './files/looking.ts'
import { tar } from './files/tar.ts'
import { fetch } from './fetch.ts'
import { ezjailAdmin } from './ezjail/ezjail.ts'
import { fstat } from './fstat.ts'
import type { Host } from './host.ts'
import { iocage } from './iocage/iocage.ts'
import { ifconfig } from './ifconfig.ts'
import { tzsetupOnHost } from './inside/clock.ts'
import { jail } from './jail/jail.ts'
import { jexec } from './jexec.ts'
import { jls } from './jls/jls.ts'
import { mdconfig } from './mdconfig.ts'
import { mount } from './mount.ts'
import { nginxOnHost, pgrep } from './nginx/on-host.ts'
import { pkg } from './pkg/pkg.ts'
import { pw } from './pw/pw.ts'
import { Refusal, refusalCode } from './refuse.ts'
import type { Settings } from './settings.ts'
import { rctl } from './rctl/rctl.ts'
import { haproxyOnHost } from './service/haproxy-program.ts'
import { service } from './service/service.ts'
import { smallPrograms } from './small.ts'
import { sysrc } from './sysrc/sysrc.ts'
import { etcupdate } from './update/etcupdate.ts'
import { freebsdUpdate } from './update/freebsd-update.ts'
import { umount } from './umount.ts'
import { zfs } from './zfs/zfs.ts'
import { zpool } from './zfs/zpool.ts'

export type HostProgram = (host: Host, call: Call) => number | Promise<number>

const others: Record<string, HostProgram> = {
  jail,
  jls,
  jexec,
  sysrc,
  service,
  ifconfig,
  pkg,
  'pkg-static': pkg,
  'freebsd-update': freebsdUpdate,
  etcupdate,
  tzsetup: tzsetupOnHost,
  pw,
  mount,
  umount,
  rctl,
  chroot,
  find,
  fstat,
  stat,
  fetch,
  rm,
  mkdir,
  rmdir,
  mv,
  cp,
  ln,
  chflags,
  chgrp,
  sha256,
  tar,
  truncate,
  tee,
  mdconfig,
  'ezjail-admin': ezjailAdmin,
  bastille,
  zfs,
  zpool,
  iocage,
  haproxy: haproxyOnHost,
  nginx: nginxOnHost,
  pgrep,
}

/** Programs of the host that the lab imitates. */
export function hostProgram(name: string): HostProgram | undefined {
  if (Object.hasOwn(others, name)) return others[name]
  return Object.hasOwn(smallPrograms, name) ? smallPrograms[name] : undefined
}

/** What is installed on a host with these settings: a program that is not there has no name on the PATH. */
export function hostProgramNames({ zfs: hasZfs, managers, proxy }: Pick<Settings, 'zfs' | 'managers' | 'proxy'>): string[] {
  const absent = new Set([
    ...(hasZfs ? [] : ofZfs),
    ...absentManagers(managers),
    ...(proxy === 'nginx' ? [] : ['nginx']),
    ...(findReal('haproxy') === undefined ? ['haproxy'] : []),
  ])
  return [...Object.keys(others), ...Object.keys(smallPrograms)].filter((name) => !absent.has(name))
}

const ofZfs = ['zfs', 'zpool']
const managerPrograms = { bastille: 'bastille', iocage: 'iocage', ezjail: 'ezjail-admin' } as const

function absentManagers(managers: Settings['managers']): string[] {
  return Object.entries(managerPrograms).flatMap(([manager, program]) => (managers.some((one) => one === manager) ? [] : [program]))
}

/** Runs one call to its exit code; what the lab refuses is said on standard error, with a code of its own. */
export async function runHostProgram(host: Host, call: Call): Promise<number> {
  const program = hostProgram(call.program)
  try {
    if (program === undefined) throw new Refusal(`lab: ${call.program}: no such program here`)
    return await program(host, call)
  } catch (error) {
    call.err(
      error instanceof Refusal
        ? `${error.message}\n`
        : `lab: ${call.program}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    )
    return refusalCode
  }
}
