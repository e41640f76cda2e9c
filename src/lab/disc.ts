import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Call } from './call.ts'
import type { Host } from './host.ts'
import { discFolder } from './mdconfig.ts'
import { refuse } from './refuse.ts'

/**
 * `mount -t cd9660 /dev/mdN FOLDER`: the disc's files are copied to where it is mounted, so that the machine's own programs see them too;
 * `umount` and the next boot take them away. What would change one of them is refused: see `discs` in paths.ts.
 */
export function mountDisc(host: Host, call: Call, disc: { from: string; on: string; place: string }): number {
  const { from, on, place } = disc
  const unit = /^\/dev\/md(\d+)$/.exec(from)?.[1]
  const isAttached = unit !== undefined && host.memoryDisks.has(Number(unit))
  const folder = discFolder(host, Number(unit))
  if (!isAttached || !existsSync(folder)) {
    call.err(`mount_cd9660: ${from}: ${isAttached ? 'Invalid argument' : 'No such file or directory'}\n`)
    return 1
  }
  if (readdirSync(place).length > 0) return refuse('mount', `over ${on}, which is not empty, is not imitated here`)
  writeFileSync(noteOf(host, Number(unit)), place)
  cpSync(folder, place, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  host.paths.discs.add(place)
  host.mounts.push({ from, on, type: 'cd9660', readOnly: true, place, source: undefined })
  return 0
}

export function takeDiscAway(host: Host, from: string, place: string): void {
  host.paths.discs.delete(place)
  empty(place)
  rmSync(noteOf(host, Number(basename(from).slice('md'.length))), { force: true })
}

/** After a reboot nothing is mounted, and what showed there is gone. */
export function takeOldDiscsAway(folder: string): void {
  const notes = join(folder, 'run/discs')
  for (const name of existsSync(notes) ? readdirSync(notes) : []) {
    const place = readFileSync(join(notes, name), 'utf8')
    if (existsSync(place)) empty(place)
  }
  rmSync(notes, { recursive: true, force: true })
}

function noteOf(host: Host, unit: number): string {
  const notes = join(host.paths.folder, 'run/discs')
  mkdirSync(notes, { recursive: true })
  return join(notes, `${unit}`)
}

function empty(place: string): void {
  for (const name of readdirSync(place)) rmSync(join(place, name), { recursive: true })
}
