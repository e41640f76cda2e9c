import type { Guard } from '../guard/guard.ts'
import type { Paths } from './paths.ts'
import type { Rule } from './rctl/rules.ts'
import type { Settings } from './settings.ts'

/** A value that jail(8) knows only by text; parameters without one are switches. */
export interface RunningJail {
  jid: number
  name: string
  /** As configured. */
  path: string
  hostname: string
  addresses: string[]
  persist: boolean
  cpuset: number
  /** allow.mount → true and other parameters that are only kept and shown. */
  values: Map<string, string>
  meta: string
  env: string
  services: Map<string, Service>
  /** Of a jail with vnet: its own stack. */
  interfaces: Interface[]
  /** Set while its start commands run: others see the jail already. */
  starting: boolean
}

/** A daemon in a jail: nginx is a real process, the others are only names with a number. */
export interface Service {
  pid: number
  command: string
}

export interface Mount {
  from: string
  /** As it was when mounted: moving a parent does not change it, as on the real system. */
  on: string
  type: 'devfs' | 'nullfs' | 'fdescfs' | 'procfs' | 'tmpfs' | 'cd9660' | 'zfs'
  readOnly: boolean
  /** The real folder that it covers, wherever that has been moved to. */
  place: string
  /** The real folder that shows through a nullfs or is a tmpfs. */
  source: string | undefined
}

export interface Interface {
  name: string
  aliases: { address: string; prefix: number }[]
  /** Nothing for a loopback. */
  kind?: 'epair' | 'bridge'
  /** Of an epair: the same number at both ends. */
  pair?: number
  up?: boolean
  /** Of a bridge. */
  members?: string[] | undefined
  description?: string
  ether?: string
}

/** The imitated machine: everything that a reboot forgets. Files are real and lie below `paths.host`. */
export interface Host {
  paths: Paths
  guard: Guard
  jails: RunningJail[]
  nextJid: number
  nextPid: number
  interfaces: Interface[]
  mounts: Mount[]
  /** Units of mdconfig(8). */
  memoryDisks: Set<number>
  sysctls: Map<string, string>
  /** rctl(8)'s rules. */
  limits: Rule[]
  /** Files with the schg flag, by real path. */
  immutable: Set<string>
  /** All jails share one address (machines that bind no other 127.x.y.z). */
  sharedAddress: string | undefined
  /** The files lie in a pool, zroot. */
  hasZfs: boolean
  managers: Settings['managers']
  locks: Locks
}

export interface Locks {
  run<T>(name: string, work: () => Promise<T>): Promise<T>
}

export function findJail(host: Host, nameOrJid: string): RunningJail | undefined {
  return host.jails.find((jail) => jail.name === nameOrJid || String(jail.jid) === nameOrJid)
}

/** One at a time for each name, in the order of asking. */
export function createLocks(): Locks {
  const last = new Map<string, Promise<unknown>>()
  return {
    run: async (name, work) => {
      const turn = (last.get(name) ?? Promise.resolve()).then(work, work)
      last.set(name, turn)
      try {
        return await turn
      } finally {
        if (last.get(name) === turn) last.delete(name)
      }
    },
  }
}
