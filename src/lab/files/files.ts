import { createHash } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { forEach } from '../inside/inside.ts'
import { actual, mountsBelow, moveMounts, refuseNullfsBelow, refuseThroughNullfs } from '../mount-table.ts'
import { isInside, toWritable } from '../paths.ts'
import { runReal } from '../real.ts'
import { refuse, refuseOption } from '../refuse.ts'
import { isOneDataset } from '../zfs/places.ts'
import { copyTree } from '../zfs/tree.ts'
import { destination, mustBeOrdinary, parseFlags, readable } from './operands.ts'

/** FreeBSD's rm, in the lab only. Without -x it goes into a nullfs and removes what shows through it: the host's own files. */
export function rm(host: Host, call: Call): number {
  const { flags, operands } = parseFlags(call, 'dfiRrvWxP')
  const recursive = flags.has('r') || flags.has('R')
  let code = 0
  for (const path of operands) {
    const real = toWritable(host.paths, 'rm', path, call.cwd, { followLast: false })
    mustBeOrdinary(host, call, real, path)
    const found = lstatSync(real, { throwIfNoEntry: false })
    if (found === undefined) {
      if (flags.has('f')) continue
      call.err(`rm: ${path}: No such file or directory\n`)
      code = 1
    } else if (found.isDirectory() && !recursive) {
      call.err(`rm: ${path}: is a directory\n`)
      code = 1
    } else {
      refuseThroughNullfs(host, 'rm', dirname(real))
      if (!removeTree(host, call, real, path, flags.has('x'), true)) code = 1
    }
  }
  return code
}

/** -x stays in the filesystem that each operand lies in. */
function removeTree(host: Host, call: Call, real: string, shown: string, stays: boolean, isOperand = false): boolean {
  const say = (why: string) => {
    call.err(`rm: ${shown}: ${why}\n`)
    return false
  }
  if (host.immutable.has(real)) return say('Operation not permitted')
  if (!lstatSync(real).isDirectory()) {
    unlinkSync(real)
    return true
  }
  const mount = mountsBelow(host, real).find((each) => each.place === actual(real))
  if (mount?.type === 'zfs' && (!stays || isOperand)) {
    for (const name of readdirSync(real)) removeTree(host, call, join(real, name), `${shown}/${name}`, stays)
  }
  if (mount?.source !== undefined && !stays) {
    if (mount.readOnly) refuse('rm', `without -x of a read-only nullfs (${mount.on}) is not imitated here`)
    const source = mount.source
    for (const name of readdirSync(source))
      removeTree(host, call, toWritable(host.paths, 'rm', join(source, name), '/', { followLast: false }), `${shown}/${name}`, stays)
  }
  if (mount !== undefined) return say('Device busy')
  let ok = true
  for (const name of readdirSync(real)) ok = removeTree(host, call, join(real, name), `${shown}/${name}`, stays) && ok
  if (!ok) return say('Directory not empty')
  rmdirSync(real)
  return true
}

export function mkdir(host: Host, call: Call): number {
  const mode = call.args[0] === '-m' ? call.args[1] : undefined
  const { flags, operands } = parseFlags(mode === undefined ? call : { ...call, args: call.args.slice(2) }, 'pv')
  return forEach(call, operands, (path) => {
    const real = toWritable(host.paths, 'mkdir', path, call.cwd)
    refuseThroughNullfs(host, 'mkdir', real)
    mkdirSync(real, { recursive: flags.has('p'), ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }) })
  })
}

/** A rename, between datasets a copy. Mounts below keep the names they were made with, as on the real system. */
export function mv(host: Host, call: Call): number {
  const { flags, operands } = parseFlags(call, 'fhinv')
  const target = operands.at(-1) ?? ''
  return forEach(call, operands.slice(0, -1), (path) => {
    const from = toWritable(host.paths, 'mv', path, call.cwd, { followLast: false })
    mustBeOrdinary(host, call, from, path)
    const to = destination(host, call, target, path)
    if (host.mounts.some((each) => each.type === 'zfs' && each.place === actual(from))) throw Object.assign(new Error(), { code: 'EBUSY' })
    if (host.immutable.has(from)) throw Object.assign(new Error(), { code: 'EPERM' })
    if (flags.has('n') && existsSync(to)) return
    refuseThroughNullfs(host, 'mv', from)
    const moved = lstatSync(from).isDirectory() ? mountsBelow(host, from) : []
    const before = actual(from)
    if (moved.some(({ type }) => type === 'zfs')) refuse('mv', `with a dataset mounted below ${path} is not imitated here`)
    if (host.hasZfs && !isOneDataset(host, from, to)) {
      if (moved.length > 0) refuse('mv', `of mounts to another dataset is not imitated here`)
      moveByCopy(from, to)
      return
    }
    renameSync(from, to)
    moveMounts(moved, before, actual(to))
    for (const file of host.immutable) {
      if (!isInside(from, file)) continue
      host.immutable.delete(file)
      host.immutable.add(to + file.slice(from.length))
    }
  })
}

/** mv(1) copies and removes what it cannot rename. */
function moveByCopy(from: string, to: string): void {
  const found = lstatSync(from)
  if (found.isDirectory()) {
    if (existsSync(to)) rmdirSync(to)
    copyTree(from, to)
  } else cpSync(from, to, { preserveTimestamps: true, verbatimSymlinks: true })
  rmSync(from, { recursive: true, force: true })
}

/** The machine's own cp, for options that mean the same there. */
export async function cp(host: Host, call: Call): Promise<number> {
  const { flags, operands } = parseFlags(call, 'aRPpfHLnv')
  const target = operands.at(-1) ?? ''
  const sources = operands.slice(0, -1).map((path) => readable(host, call, path))
  for (const source of sources) refuseNullfsBelow(host, 'cp', source)
  if (sources.length === 0) return refuse('cp', 'needs a source and a target')
  const real = toWritable(host.paths, 'cp', target, call.cwd)
  const isFolder = statSync(real, { throwIfNoEntry: false })?.isDirectory() === true
  for (const [index, source] of sources.entries()) {
    const isContent = /\/\.?$/.test(operands[index] ?? '')
    refuseLinksOut(host, source, isFolder && !isContent ? join(real, basename(source)) : real)
  }
  // FreeBSD: `cp -R dir/ target` copies what is in it, as `dir/.` does everywhere; toReal drops both endings.
  const trailing = operands.slice(0, -1).map((path, index) => (/\/\.?$/.test(path) ? `${sources[index] ?? ''}/.` : (sources[index] ?? '')))
  const { code, text } = await runReal('cp', [...flags].map((flag) => `-${flag}`).concat('--', ...trailing, real), { cwd: host.paths.host })
  call.err(text.replaceAll(host.paths.host, ''))
  return code
}

/** A copy goes through the links that already lie where it ends. */
function refuseLinksOut(host: Host, source: string, target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false }) === undefined) return
  toWritable(host.paths, 'cp', target, '/')
  for (const path of [source, target]) if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  for (const name of readdirSync(source)) refuseLinksOut(host, join(source, name), join(target, name))
}

export function rmdir(host: Host, call: Call): number {
  const { operands } = parseFlags(call, '')
  return forEach(call, operands, (path) => {
    const real = toWritable(host.paths, 'rmdir', path, call.cwd, { followLast: false })
    mustBeOrdinary(host, call, real, path)
    refuseThroughNullfs(host, 'rmdir', real)
    rmdirSync(real)
  })
}

export function chflags(host: Host, call: Call): number {
  const { flags, operands } = parseFlags(call, 'RhHPLf')
  const [word = '', ...paths] = operands
  if (word !== 'schg' && word !== 'noschg' && word !== '0') return refuse('chflags', `flag ${word} is not imitated here`)
  return forEach(call, paths, (path) => {
    const real = toWritable(host.paths, 'chflags', path, call.cwd)
    refuseThroughNullfs(host, 'chflags', real)
    setFlag(host, real, word === 'schg', flags.has('R'))
  })
}

function setFlag(host: Host, real: string, on: boolean, recursive: boolean): void {
  const found = lstatSync(real)
  if (on) host.immutable.add(real)
  else host.immutable.delete(real)
  if (!recursive || !found.isDirectory()) return
  if (!on) for (const file of host.immutable) if (isInside(real, file)) host.immutable.delete(file)
  if (on) for (const name of readdirSync(real)) setFlag(host, join(real, name), on, recursive)
}

/** The group of this machine that is called so; the lab's own files are nobody's in particular. */
export function chgrp(host: Host, call: Call): number {
  const { operands } = parseFlags(call, '')
  const [name = '', ...paths] = operands
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`))
  if (line === undefined) {
    call.err(`chgrp: ${name}: illegal group name\n`)
    return 1
  }
  return forEach(call, paths, (path) => {
    const real = toWritable(host.paths, 'chgrp', path, call.cwd)
    chownSync(real, statSync(real).uid, Number(line.split(':')[2]))
  })
}

export function truncate(host: Host, call: Call): number {
  const [flag, size, ...paths] = call.args
  if (flag !== '-s' || size !== '0') return refuseOption('truncate', call.args.join(' '))
  return forEach(call, paths, (path) => {
    const real = toWritable(host.paths, 'truncate', path, call.cwd)
    refuseThroughNullfs(host, 'truncate', real)
    truncateSync(real)
  })
}

export function sha256(host: Host, call: Call): number {
  const { flags, operands } = parseFlags(call, 'q')
  return forEach(call, operands, (path) => {
    const digest = createHash('sha256')
      .update(readFileSync(readable(host, call, path)))
      .digest('hex')
    call.out(flags.has('q') ? `${digest}\n` : `SHA256 (${path}) = ${digest}\n`)
  })
}

export async function tee(host: Host, call: Call): Promise<number> {
  const { operands } = parseFlags(call, 'a')
  if (call.args.length > operands.length) return refuse('tee', 'option -a is not imitated here')
  const input = await call.input()
  call.out(input)
  return forEach(call, operands, (path) => {
    const real = toWritable(host.paths, 'tee', path, call.cwd)
    refuseThroughNullfs(host, 'tee', real)
    writeFileSync(real, input)
  })
}
