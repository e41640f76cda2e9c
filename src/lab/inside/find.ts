import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { basename } from 'node:path'
import type { Call } from '../call.ts'
import { globToPattern } from '../paths.ts'
import { refuse, refuseOption } from '../refuse.ts'
import { errorText, forEach, place, resolveInJail, type InJail, type InsideProgram } from './inside.ts'

type Test = (path: string, found: Stats) => boolean

interface Search {
  deepest: number
  staysOnMount: boolean
  tests: Test[]
}

/** `find PATH… [-maxdepth N] [-type f|d|l] [-name GLOB] [-perm MODE] [-empty] [-x|-xdev] [-print]`. */
const find: InsideProgram = (at, call) => {
  const start = call.args.findIndex((arg) => arg.startsWith('-') && arg !== '-x')
  const before = start < 0 ? call.args : call.args.slice(0, start)
  const search = parse(start < 0 ? [] : call.args.slice(start))
  if (before[0] === '-x') search.staysOnMount = true
  return forEach(
    call,
    before.filter((word) => word !== '-x'),
    (path) => {
      place(at, path, { mustExist: true, followLast: false })
      walk(at, call, path, 0, search)
    },
  )
}

function parse(words: string[]): Search {
  const search: Search = { deepest: Infinity, staysOnMount: false, tests: [] }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '-print') continue
    if (word === '-x' || word === '-xdev') {
      search.staysOnMount = true
      continue
    }
    if (word === '-empty') {
      search.tests.push((_path, found) => found.isFile() && found.size === 0)
      continue
    }
    const value = words[++index] ?? ''
    if (word === '-maxdepth') search.deepest = Number(value)
    else search.tests.push(testFor(word, value))
  }
  return search
}

function testFor(word: string, value: string): Test {
  if (word === '-type' && /^[fdl]$/.test(value)) {
    return (_path, found) => (value === 'f' ? found.isFile() : value === 'd' ? found.isDirectory() : found.isSymbolicLink())
  }
  if (word === '-name' && !value.includes('[')) {
    const pattern = globToPattern(value)
    return (path) => pattern.test(basename(path))
  }
  const [, sign, octal] = /^([+-]?)([0-7]{3,4})$/.exec(word === '-perm' ? value : '') ?? []
  if (octal === undefined) return refuse('find', `${word} ${value} is not imitated here`)
  const mask = Number.parseInt(octal, 8)
  return (_path, found) => {
    const mode = found.mode & 0o7777
    return sign === '-' ? (mode & mask) === mask : sign === '+' ? (mode & mask) !== 0 : mode === mask
  }
}

function walk(at: InJail, call: Call, path: string, depth: number, search: Search): void {
  const spot = resolveInJail(at, path, { followLast: false })
  if (spot.kind !== 'found') return
  const found = lstatSync(spot.path)
  if (search.tests.every((test) => test(path, found))) call.out(`${path}\n`)
  const isMount = depth > 0 && at.host.mounts.some((mount) => mount.place === (spot.place ?? spot.path))
  if (!found.isDirectory() || depth >= search.deepest || (search.staysOnMount && isMount)) return
  for (const name of readdirSync(spot.path).toSorted()) walk(at, call, `${path.replace(/\/$/, '')}/${name}`, depth + 1, search)
}

/** `readlink [-n] PATH`, `readlink -f PATH`. */
const readlink: InsideProgram = (at, call) => {
  const [flag = '', ...more] = call.args
  const isFull = flag === '-f'
  if (flag.startsWith('-') && !isFull) return refuseOption('readlink', flag)
  let code = 0
  for (const path of isFull ? more : call.args) {
    const spot = resolveInJail(at, path, { followLast: isFull })
    if (isFull && spot.kind === 'found') call.out(`${(spot.place ?? spot.path).slice(at.root.length) || '/'}\n`)
    else if (!isFull && spot.kind === 'found' && lstatSync(spot.path).isSymbolicLink()) call.out(`${readlinkSync(spot.path)}\n`)
    else {
      if (isFull) call.err(`readlink: ${path}: ${errorText(Object.assign(new Error(path), { code: 'ENOENT' }))}\n`)
      code = 1
    }
  }
  return code
}

export const insideFind: Record<string, InsideProgram> = { find, readlink }
