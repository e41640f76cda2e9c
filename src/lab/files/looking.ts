import { lstatSync, readdirSync, statSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { forEach } from '../inside/inside.ts'
import { actual, mountsBelow } from '../mount-table.ts'
import { globToPattern } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { statLine } from '../stat-format.ts'
import { readable } from './operands.ts'

/** `stat [-L] [-n] -f FORMAT FILE…`. */
export function stat(host: Host, call: Call): number {
  const { args } = call
  const form = args.findIndex((arg) => /^-[Ln]*f$/.test(arg))
  const before = args.slice(0, form + 1).join('')
  if (form < 0 || /[^-Lnf]/.test(before)) return refuse('stat', `${args.join(' ')} is not imitated here: only -f FORMAT`)
  const end = before.includes('n') ? '' : '\n'
  const [format = '', ...operands] = args.slice(form + 1)
  let code = 0
  for (const path of operands) {
    const real = readable(host, call, path)
    const found = before.includes('L') ? statSync(real, { throwIfNoEntry: false }) : lstatSync(real, { throwIfNoEntry: false })
    if (found === undefined) {
      call.err(`stat: ${path}: stat: No such file or directory\n`)
      code = 1
    } else call.out(`${statLine(format, path, found)}${end}`)
  }
  return code
}

interface Wish {
  stays: boolean
  isDeep: boolean
  least: number
  most: number
  end: string
  tests: ((name: string, found: Stats) => boolean)[]
}

const kinds: Record<string, (found: Stats) => boolean> = {
  f: (found) => found.isFile(),
  d: (found) => found.isDirectory(),
  l: (found) => found.isSymbolicLink(),
}

/** A small find(1): `find PATH… [-x|-xdev] [-maxdepth N] [-mindepth N] [-type f|d|l] [-name GLOB] [-depth] [-print|-print0]`. */
export function find(host: Host, call: Call): number {
  const words = [...call.args]
  const wish: Wish = { stays: false, isDeep: false, least: 0, most: Infinity, end: '\n', tests: [] }
  while (/^-[xd]+$/.test(words[0] ?? '') && words[0] !== '--') {
    const flags = words.shift() ?? ''
    wish.stays ||= flags.includes('x')
    wish.isDeep ||= flags.includes('d')
  }
  const first = words.findIndex((word) => /^[-!(]/.test(word))
  const paths = first < 0 ? words.splice(0) : words.splice(0, first)
  while (words.length > 0) understand(wish, words, call)
  if (paths.length === 0) return refuse('find', `${call.args.join(' ')} is not imitated here`)
  return forEach(call, paths, (path) => {
    const real = readable(host, call, path)
    const mounts = mountsBelow(host, real).filter(({ place }) => place !== actual(real))
    const nullfs = wish.stays ? undefined : mounts.find(({ source }) => source !== undefined)
    if (nullfs !== undefined) refuse('find', `without -x what lies below the ${nullfs.type} on ${nullfs.on} is not imitated here`)
    walk(path, real, 0, wish, new Set(wish.stays ? mounts.map(({ place }) => place) : []), call)
  })
}

function understand(wish: Wish, words: string[], call: Call): void {
  const word = words.shift() ?? ''
  const value = () => words.shift() ?? refuse('find', `${call.args.join(' ')} is not imitated here`)
  if (word === '-x' || word === '-xdev' || word === '-mount') wish.stays = true
  else if (word === '-depth' || word === '-d') wish.isDeep = true
  else if (word === '-maxdepth') wish.most = Number(value())
  else if (word === '-mindepth') wish.least = Number(value())
  else if (word === '-print0') wish.end = '\0'
  else if (word === '-name') {
    const pattern = globToPattern(value())
    wish.tests.push((name) => pattern.test(name))
  } else if (word === '-type') {
    const kind = kinds[value()] ?? refuse('find', 'only -type f, d and l are imitated here')
    wish.tests.push((_, found) => kind(found))
  } else if (word !== '-print') refuse('find', `${word} is not imitated here`)
}

function walk(shown: string, real: string, depth: number, wish: Wish, closed: Set<string>, call: Call): void {
  const found = lstatSync(real)
  const name = shown.split('/').findLast((part) => part !== '') ?? '/'
  const say = () => {
    if (depth >= wish.least && wish.tests.every((test) => test(name, found))) call.out(`${shown}${wish.end}`)
  }
  if (!wish.isDeep) say()
  if (found.isDirectory() && depth < wish.most && !closed.has(real)) {
    for (const each of readdirSync(real).toSorted())
      walk(`${shown.replace(/\/$/, '')}/${each}`, join(real, each), depth + 1, wish, closed, call)
  }
  if (wish.isDeep) say()
}
