import { lstatSync } from 'node:fs'
import type { Call } from './call.ts'
import type { Host, Mount } from './host.ts'
import { mountsBelow, refuseThroughNullfs } from './mount-table.ts'
import { isInside, resolveOnHost, toReal, toShown } from './paths.ts'
import { refuse } from './refuse.ts'

const fixed = [
  { from: '/dev/vtbd0', on: '/', type: 'ufs', readOnly: false },
  { from: 'devfs', on: '/dev', type: 'devfs', readOnly: false },
]

/** mount(8): lists, and writes a nullfs down in the table. */
export function mount(host: Host, call: Call): number {
  const { args } = call
  const line = args.join(' ')
  const all = [...fixed, ...host.mounts]
  if (line === '-p') {
    for (const { from, on, type, readOnly } of all) {
      call.out(`${from}${blanks(from)}${on}${blanks(on)}${type}\t${readOnly ? 'ro' : 'rw'}\t\t${on === '/' ? '1 1' : '0 0'}\n`)
    }
    return 0
  }
  const isNullfs = args[0] === '-t' && args[1] === 'nullfs'
  if (isNullfs && args.length === 4) return mountNullfs(host, call, args[2] ?? '', args[3] ?? '', false)
  if (isNullfs && args.length === 6 && args[2] === '-o' && args[3] === 'ro')
    return mountNullfs(host, call, args[4] ?? '', args[5] ?? '', true)
  if (line !== '' && !(args[0] === '-t' && args.length === 2)) return refuse('mount', `${line} is not imitated here`)
  for (const { from, on, type, readOnly } of all) {
    if (line !== '' && type !== args[1]) continue
    call.out(`${from} on ${on} (${[type, ...(type === 'devfs' ? [] : ['local']), ...(readOnly ? ['read-only'] : [])].join(', ')})\n`)
  }
  return 0
}

/** As mount(8) aligns its table. */
function blanks(text: string): string {
  return (text.length < 8 ? '\t' : '') + (text.length < 16 ? '\t' : '') + (text.length < 24 ? '\t' : ' ')
}

function mountNullfs(host: Host, call: Call, from: string, on: string, readOnly: boolean): number {
  const [source, place] = [from, on].map((path) => folder(host, path, call.cwd))
  if (source === undefined || place === undefined) return refuse('mount', `${from} or ${on} is no folder of the lab: not imitated here`)
  for (const real of [source, place]) refuseThroughNullfs(host, 'mount', real)
  if (place === host.paths.host || mountsBelow(host, place).length > 0) return refuse('mount', `over ${on} is not imitated here`)
  const shown = (path: string, real: string) => (isInside(host.paths.folder, path) ? real : toShown(host.paths, real))
  host.mounts.push({ type: 'nullfs', from: shown(from, source), on: shown(on, place), readOnly, source, place })
  return 0
}

/** Follows links, as the real one does: also those that were planted in a jail. */
function folder(host: Host, path: string, cwd: string): string | undefined {
  const found = resolveOnHost(host.paths, path.startsWith('/') ? path : `${cwd}/${path}`)
  return found.kind === 'found' && lstatSync(found.path).isDirectory() ? found.path : undefined
}

export function umount(host: Host, call: Call): number {
  const isForced = call.args.includes('-f')
  let code = 0
  for (const path of call.args) {
    if (path === '-f') continue
    if (path.startsWith('-')) return refuse('umount', `option ${path} is not imitated here`)
    const problem = unmount(host, path, call.cwd, isForced)
    if (problem === undefined) continue
    call.err(`umount: ${problem}\n`)
    code = 1
  }
  return code
}

/** By the name in the table or by where it lies now. */
function unmount(host: Host, path: string, cwd: string, isForced: boolean): string | undefined {
  const place = folder(host, path, cwd)
  const found = host.mounts.find((each) => each.on === path) ?? host.mounts.find((each) => each.place === place)
  if (found === undefined) return notMounted(host, path, cwd)
  if (!isForced && isBusy(host, found)) return `unmount of ${found.on} failed: Device busy`
  host.mounts = host.mounts.filter((each) => each !== found)
  return undefined
}

/** Every daemon of a jail holds its /dev/null open. */
function isBusy(host: Host, { type, on }: Mount): boolean {
  return type === 'devfs' && host.jails.some((jail) => jail.services.size > 0 && `${jail.path}/dev` === on)
}

function notMounted(host: Host, path: string, cwd: string): string {
  const found = lstatSync(toReal(host.paths, path, cwd), { throwIfNoEntry: false })
  return found === undefined
    ? `${path}: statfs: No such file or directory\numount: ${path}: unknown file system`
    : `${path}: not a file system root directory`
}
