import { lstatSync, readdirSync, statfsSync } from 'node:fs'
import { parseFlags } from '../files/operands.ts'
import { forEach, place, resolveInJail, type InJail, type InsideProgram } from './inside.ts'

/** `df [-h|-k]`: a jail sees the file system of its root and no other. */
const df: InsideProgram = (at, call) => {
  const { flags, operands } = parseFlags(call, 'hk')
  for (const path of operands) place(at, path, { mustExist: true })
  const { bsize, blocks, bfree, bavail } = statfsSync(at.root)
  const [size, used, free] = [blocks, blocks - bfree, bavail].map((count) => (count * bsize) / 1024)
  const shown = [size, used, free].map((count = 0) => (flags.has('h') ? human(count) : String(Math.floor(count))))
  const capacity = `${Math.round((100 * (used ?? 0)) / Math.max(1, (used ?? 0) + (free ?? 0)))}%`
  const head = [flags.has('h') ? 'Size' : '1024-blocks', 'Used', 'Avail']
  const columns = head.map((title, index) => {
    const value = shown[index] ?? ''
    const width = Math.max(title.length, value.length)
    return { title: title.padStart(width), value: value.padStart(width) }
  })
  const line = (kind: 'title' | 'value', first: string, last: string) =>
    `${first} ${columns.map((column) => column[kind]).join(' ')} ${last}\n`
  call.out(line('title', 'Filesystem  ', 'Capacity  Mounted on') + line('value', '/dev/vtbd0p4', `${capacity.padStart(6)}    /`))
  return 0
}

function human(kilobytes: number): string {
  let value = kilobytes
  let unit = 0
  for (; value >= 999.5 && unit < 4; unit++) value /= 1024
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}${'KMGTP'.charAt(unit)}`
}

/** `du -s [-k|-h|-m] [-x] PATH…`. */
const du: InsideProgram = (at, call) => {
  const { flags, operands } = parseFlags(call, 'skhmx')
  return forEach(call, operands.length > 0 ? operands : ['.'], (path) => {
    place(at, path, { mustExist: true, followLast: false })
    const kilobytes = usage(at, path, (kind) => (flags.has('s') ? undefined : call.out(kind)))
    call.out(`${amount(kilobytes, flags)}\t${path}\n`)
  })
}

function amount(kilobytes: number, flags: Set<string>): string {
  if (flags.has('h')) return human(kilobytes).padStart(4)
  return String(flags.has('m') ? Math.ceil(kilobytes / 1024) : kilobytes)
}

function usage(at: InJail, path: string, tell: (line: string) => void): number {
  const spot = resolveInJail(at, path, { followLast: false })
  if (spot.kind !== 'found') return 0
  const found = lstatSync(spot.path)
  let sum = Math.ceil(found.blocks / 2)
  if (!found.isDirectory()) return sum
  for (const name of readdirSync(spot.path)) {
    const below = `${path.replace(/\/$/, '')}/${name}`
    const inside = usage(at, below, tell)
    sum += inside
    const child = resolveInJail(at, below, { followLast: false })
    if (child.kind === 'found' && lstatSync(child.path).isDirectory()) tell(`${inside}\t${below}\n`)
  }
  return sum
}

export const insideDisk: Record<string, InsideProgram> = { df, du }
