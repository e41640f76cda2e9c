import { existsSync, lstatSync, realpathSync } from 'node:fs'
import type { Call } from './call.ts'
import type { Host, Mount } from './host.ts'
import { isInside, toReal } from './paths.ts'
import { refuse } from './refuse.ts'

export function addDevfs(host: Host, on: string): void {
  if (!host.mounts.some((each) => each.on === on)) host.mounts.push({ from: 'devfs', on, type: 'devfs', readOnly: false })
}

export function dropMount(host: Host, on: string): boolean {
  const before = host.mounts.length
  host.mounts = host.mounts.filter((each) => each.on !== on)
  return host.mounts.length < before
}

/** The mounts at or below a real path, wherever symlinks on the way lead. */
export function mountsBelow(host: Host, real: string): Mount[] {
  return host.mounts.filter((each) => isInside(existsSync(real) ? realpathSync(real) : real, realOf(host, each.on)))
}

function realOf(host: Host, on: string): string {
  const real = toReal(host.paths, on)
  return existsSync(real) ? realpathSync(real) : real
}

const fixed = [
  { from: '/dev/vtbd0', on: '/', type: 'ufs', options: 'local' },
  { from: 'devfs', on: '/dev', type: 'devfs', options: '' },
]

/** mount(8): only to list. What it would really mount, the lab cannot. */
export function mount(host: Host, call: Call): number {
  const all = [...fixed, ...host.mounts.map((each) => ({ ...each, options: '' }))]
  const [first, second, ...rest] = call.args
  if (first === '-p' && second === undefined) {
    for (const { from, on, type } of all) call.out(`${from}\t\t${on}\t\t\t${type}\trw\t\t${on === '/' ? '1 1' : '0 0'}\n`)
    return 0
  }
  if (first !== undefined && !(first === '-t' && second !== undefined && rest.length === 0)) {
    return refuse('mount', `${call.args.join(' ')} is not imitated here: only listing is`)
  }
  for (const { from, on, type, options } of all) {
    if (first === '-t' && type !== second) continue
    call.out(`${from} on ${on} (${[type, options].filter((word) => word !== '').join(', ')})\n`)
  }
  return 0
}

export function umount(host: Host, call: Call): number {
  let code = 0
  for (const path of call.args) {
    if (path.startsWith('-') && path !== '-f') refuse('umount', `option ${path} is not imitated here`)
    if (path === '-f' || dropMount(host, path)) continue
    call.err(`umount: ${path}: ${notMounted(host, path, call)}\n`)
    code = 1
  }
  return code
}

function notMounted(host: Host, path: string, call: Call): string {
  const found = lstatSync(toReal(host.paths, path, call.cwd), { throwIfNoEntry: false })
  return found === undefined
    ? `statfs: No such file or directory\numount: ${path}: unknown file system`
    : 'not a file system root directory'
}
