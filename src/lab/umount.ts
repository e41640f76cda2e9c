import { lstatSync, rmSync } from 'node:fs'
import type { Call } from './call.ts'
import { takeDiscAway } from './disc.ts'
import type { Host, Mount } from './host.ts'
import { fstabLines, parseMountOptions } from './mount.ts'
import { mountPoint } from './mounting.ts'
import { isInside, resolveInside, toReal } from './paths.ts'
import { unmountByName } from './zfs/mounting.ts'

/** umount(8), one by one or all of an fstab, the last first. */
export function umount(host: Host, call: Call): number {
  const { flags, type, fstab, operands } = parseMountOptions('umount', call, 'af', ['t', 'F'])
  const lines = flags.has('a') ? fstabLines(host, call, 'umount', fstab ?? '/etc/fstab') : []
  if (lines === undefined) return 1
  let code = 0
  for (const path of [...lines.map(({ on }) => on).toReversed(), ...operands]) {
    const problem = unmount(host, path, call.cwd, { isForced: flags.has('f'), type })
    if (problem === undefined) continue
    call.err(`umount: ${problem}\n`)
    code = 1
  }
  return code
}

/** By the name in the table or by where it lies now. */
function unmount(host: Host, path: string, cwd: string, how: { isForced: boolean; type: string | undefined }): string | undefined {
  const place = mountPoint(host, path, cwd)
  const found = host.mounts.findLast((each) => each.on === path) ?? host.mounts.findLast((each) => each.place === place)
  if (found === undefined) return notMounted(host, path, cwd)
  if (how.type !== undefined && found.type !== how.type) return `${path}: not a file system root directory`
  if (found.type === 'zfs') return unmountByName(host, found.from, how.isForced) ? undefined : `unmount of ${found.on} failed: Device busy`
  if (!how.isForced && isBusy(host, found)) return `unmount of ${found.on} failed: Device busy`
  host.mounts = host.mounts.filter((each) => each !== found)
  if (found.type === 'cd9660') takeDiscAway(host, found.from, found.place)
  if (found.type === 'tmpfs' && found.source !== undefined) rmSync(found.source, { recursive: true, force: true })
  return undefined
}

/** Every daemon of a jail holds its /dev/null open, and the file that it was started from; a mount below keeps any busy. */
function isBusy(host: Host, mount: Mount): boolean {
  const { mounts } = host
  if (mounts.some((each) => each !== mount && isInside(mount.place, each.place))) return true
  return host.jails.some((jail) => {
    if (jail.services.size === 0) return false
    if (mount.type === 'devfs') return `${jail.path}/dev` === mount.on
    const program = resolveInside(toReal(host.paths, jail.path), '/bin/sh', { mounts })
    return mount.type === 'nullfs' && program.kind === 'found' && isInside(mount.place, program.place ?? '')
  })
}

function notMounted(host: Host, path: string, cwd: string): string {
  const found = lstatSync(toReal(host.paths, path, cwd), { throwIfNoEntry: false })
  return found === undefined
    ? `${path}: statfs: No such file or directory\numount: ${path}: unknown file system`
    : `${path}: not a file system root directory`
}
