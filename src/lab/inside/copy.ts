import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { basename } from 'node:path'
import { parseFlags } from '../files/operands.ts'
import { findUser, hasGroup } from '../users.ts'
import { forEach, place, resolveInJail, wholePlace, type InJail, type InsideProgram } from './inside.ts'

/** `cp [-a|-R] [-p] [-f] FROM… TO`, looking through mounts and following no link out of the jail. */
const cp: InsideProgram = (at, call) => {
  const { flags, operands } = parseFlags(call, 'aRrpfnv')
  const target = operands.at(-1) ?? ''
  const whole = ['a', 'R', 'r'].some((letter) => flags.has(letter))
  const keeps = flags.has('a') || flags.has('p')
  const into = resolveInJail(at, target)
  const isFolder = into.kind === 'found' && statSync(into.path).isDirectory()
  return forEach(call, operands.slice(0, -1), (path) => {
    const from = place(at, path, { mustExist: true, followLast: !whole })
    if (lstatSync(from).isDirectory() && !whole) throw Object.assign(new Error('is a directory (not copied).'), { code: '' })
    copy(at, path, isFolder ? `${target}/${basename(path)}` : target, { whole, keeps })
  })
}

function copy(at: InJail, path: string, target: string, how: { whole: boolean; keeps: boolean }): void {
  const from = place(at, path, { mustExist: true, followLast: !how.whole })
  const found = lstatSync(from)
  const to = place(at, target, { write: true, followLast: !found.isSymbolicLink() })
  if (found.isSymbolicLink()) {
    rmSync(to, { force: true })
    symlinkSync(readlinkSync(from), to)
    return
  }
  if (found.isDirectory()) {
    if (resolveInJail(at, target).kind !== 'found') mkdirSync(to, { mode: found.mode & 0o7777 })
    for (const name of readdirSync(from)) copy(at, `${path}/${name}`, `${target}/${name}`, how)
  } else {
    copyFileSync(from, to)
    chmodSync(to, found.mode & 0o777)
  }
  if (how.keeps) utimesSync(to, found.atime, found.mtime)
}

/** Files have no owners here: only names that do not exist are told from those that do. */
const chown: InsideProgram = (at, call) => {
  const { flags, operands } = parseFlags(call, 'Rhfv')
  const [owner = '', ...paths] = operands
  const [user = '', group = ''] = owner.split(':')
  const problem =
    user !== '' && !/^\d+$/.test(user) && findUser(at.root, user) === undefined
      ? `${user}: illegal user name`
      : group !== '' && !/^\d+$/.test(group) && !hasGroup(at.root, group)
        ? `${group}: illegal group name`
        : undefined
  if (problem !== undefined) {
    call.err(`chown: ${problem}\n`)
    return 1
  }
  return forEach(call, paths, (path) => {
    if (flags.has('R')) wholePlace(at, path, 'chown')
    else place(at, path, { mustExist: true, write: true, followLast: !flags.has('h') })
  })
}

export const insideCopy: Record<string, InsideProgram> = { cp, chown }
