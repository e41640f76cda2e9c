import type { Call } from './call.ts'
import { parseFstabLine, readFstab, type FstabLine } from './fstab.ts'
import type { Host } from './host.ts'
import { mountOne, readOnlyIn } from './mounting.ts'
import { toReal } from './paths.ts'
import { refuse } from './refuse.ts'

const devfs = { from: 'devfs', on: '/dev', type: 'devfs', readOnly: false }
const ufsRoot = { from: '/dev/vtbd0', on: '/', type: 'ufs', readOnly: false }
const zfsRoot = { from: 'zroot/ROOT/default', on: '/', type: 'zfs', readOnly: false }

/** mount(8): lists, and mounts what the lab knows, one by one or all of an fstab. */
export function mount(host: Host, call: Call): number {
  const { flags, type, options, fstab, operands } = parseMountOptions('mount', call, 'aprvw', ['t', 'o', 'F'])
  if (flags.has('a')) return mountAll(host, call, fstab ?? '/etc/fstab')
  const [from, on, ...more] = operands
  if (from === undefined) return list(host, call, type, flags.has('p'))
  if (on === undefined || more.length > 0 || type === undefined) return refuse('mount', `${call.args.join(' ')} is not imitated here`)
  const readOnly = flags.has('r') || readOnlyIn('mount', options)
  return mountOne(host, call, { type, from, on, readOnly })
}

export interface MountOptions {
  flags: Set<string>
  type: string | undefined
  options: string
  fstab: string | undefined
  operands: string[]
}

/** getopt(3) for mount and umount. */
export function parseMountOptions(program: string, call: Call, known: string, withValue: string[]): MountOptions {
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const { args } = call
  let at = 0
  for (; at < args.length && /^-./.test(args[at] ?? ''); at++) {
    const arg = args[at] ?? ''
    for (let spot = 1; spot < arg.length; spot++) {
      const letter = arg.charAt(spot)
      if (withValue.includes(letter)) {
        const value = arg.slice(spot + 1) || (args[++at] ?? '')
        values.set(letter, letter === 'o' && values.has('o') ? `${values.get('o') ?? ''},${value}` : value)
        break
      }
      if (!known.includes(letter)) return refuse(program, `option ${arg} is not imitated here`)
      flags.add(letter)
    }
  }
  return { flags, type: values.get('t'), options: values.get('o') ?? '', fstab: values.get('F'), operands: args.slice(at) }
}

function list(host: Host, call: Call, wanted: string | undefined, asFstab: boolean): number {
  for (const { from, on, type, readOnly } of [host.hasZfs ? zfsRoot : ufsRoot, devfs, ...host.mounts]) {
    if (wanted !== undefined && type !== wanted) continue
    const ofZfs = type === 'zfs' ? ['noatime', 'nfsv4acls'] : []
    if (asFstab) {
      const options = [readOnly ? 'ro' : 'rw', ...ofZfs].join(',')
      const passes = on === '/' && type === 'ufs' ? '1 1' : '0 0'
      call.out(`${from}${blanks(from)}${on}${blanks(on)}${type}\t${options}${options.length < 8 ? '\t\t' : ' '}${passes}\n`)
    } else {
      const local = type === 'devfs' || type === 'fdescfs' ? [] : ['local']
      call.out(`${from} on ${on} (${[type, ...local, ...(readOnly ? ['read-only'] : []), ...ofZfs].join(', ')})\n`)
    }
  }
  return 0
}

/** As mount(8) aligns its table. */
function blanks(text: string): string {
  return (text.length < 8 ? '\t' : '') + (text.length < 16 ? '\t' : '') + (text.length < 24 ? '\t' : ' ')
}

function mountAll(host: Host, call: Call, file: string): number {
  const lines = fstabLines(host, call, 'mount', file)
  let code = 0
  for (const { type, from, on, options = 'rw' } of lines ?? []) {
    // What is there already is left alone, by both its names.
    if (options.split(',').includes('noauto') || host.mounts.some((each) => each.on === on && each.from === from)) continue
    code = mountOne(host, call, { type, from, on, readOnly: readOnlyIn('mount', options) }) || code
  }
  return lines === undefined ? 1 : code
}

/** The lines of a whole fstab, for `-a`. */
export function fstabLines(host: Host, call: Call, program: string, file: string): FstabLine[] | undefined {
  const lines = readFstab(toReal(host.paths, file, call.cwd))
  if (lines === undefined) {
    call.err(`${program}: cannot open ${file}: No such file or directory\n`)
    return undefined
  }
  return lines.flatMap((line) => parseFstabLine(line) ?? [])
}
