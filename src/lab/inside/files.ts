import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { parseFlags } from '../files/operands.ts'
import { refuse } from '../refuse.ts'
import { forEach, place, resolveInJail, wholePlace, type InJail, type InsideProgram } from './inside.ts'
import { linesOf } from './text.ts'

const cat: InsideProgram = async (at, call) => {
  const { flags, operands } = parseFlags(call, 'un')
  let line = 0
  const show = (bytes: Buffer) => {
    if (!flags.has('n')) call.out(bytes)
    else for (const text of linesOf(bytes.toString())) call.out(`${String(++line).padStart(6)}\t${text}`)
  }
  if (operands.length === 0) {
    show(await call.input())
    return 0
  }
  return forEach(call, operands, (path) => show(readFileSync(place(at, path))))
}

const tee: InsideProgram = async (at, call) => {
  const { flags, operands } = parseFlags(call, 'a')
  const input = await call.input()
  const code = forEach(call, operands, (path) => (flags.has('a') ? appendFileSync : writeFileSync)(place(at, path, { write: true }), input))
  call.out(input)
  return code
}

const mkdir: InsideProgram = (at, call) => {
  const mode = call.args[0] === '-m' ? call.args[1] : undefined
  const { flags, operands } = parseFlags(mode === undefined ? call : { ...call, args: call.args.slice(2) }, 'pv')
  return forEach(call, operands, (path) => {
    if (!flags.has('p')) return mkdirSync(place(at, path, { write: true }), { mode: mode === undefined ? 0o755 : Number.parseInt(mode, 8) })
    const parts = path.split('/').filter((part) => part !== '')
    for (const [index] of parts.entries()) {
      const step = `/${parts.slice(0, index + 1).join('/')}`
      if (!existsSync(place(at, step))) mkdirSync(place(at, step, { write: true }))
    }
  })
}

const mv: InsideProgram = (at, call) => {
  const { operands } = parseFlags(call, 'fh')
  const target = operands.at(-1) ?? ''
  return forEach(call, operands.slice(0, -1), (path) => {
    const from = wholePlace(at, path, 'mv')
    const into = place(at, target, { write: true })
    const isFolder = statSync(into, { throwIfNoEntry: false })?.isDirectory() === true
    renameSync(from, isFolder ? join(into, basename(path)) : place(at, target, { followLast: false, write: true }))
  })
}

const rm: InsideProgram = (at, call) => {
  const { flags, operands } = parseFlags(call, 'rRfx')
  const recursive = flags.has('r') || flags.has('R')
  return forEach(call, operands, (path) => {
    if (path === '/' || basename(path) === '..') return refuse('rm', `${path} may not be removed`)
    if (flags.has('f') && !isThere(at, path)) return
    const real = wholePlace(at, path, 'rm')
    if (lstatSync(real).isDirectory() && !recursive) throw Object.assign(new Error('is a directory'), { code: 'EISDIR_' })
    rmSync(real, { recursive })
  })
}

const rmdir: InsideProgram = (at, call) => {
  const { operands } = parseFlags(call, '')
  return forEach(call, operands, (path) => rmdirSync(wholePlace(at, path, 'rmdir')))
}

function isThere(at: InJail, path: string): boolean {
  return resolveInJail(at, path, { followLast: false }).kind === 'found'
}

const touch: InsideProgram = (at, call) => {
  const { operands } = parseFlags(call, '')
  return forEach(call, operands, (path) => {
    const real = place(at, path, { write: true })
    closeSync(openSync(real, 'a'))
    utimesSync(real, new Date(), new Date())
  })
}

const ln: InsideProgram = (at, call) => {
  const { flags, operands } = parseFlags(call, 'sfhn')
  if (!flags.has('s') || operands.length !== 2) return refuse('ln', 'only ln -s TARGET NAME is imitated here')
  const [target = '', name = ''] = operands
  return forEach(call, [name], () => {
    const real = place(at, name, { followLast: false, write: true })
    if (flags.has('f')) rmSync(real, { force: true })
    symlinkSync(target, real)
  })
}

const chmod: InsideProgram = (at, call) => {
  const [mode = '', ...operands] = call.args
  if (!/^[0-7]{3,4}$/.test(mode)) return refuse('chmod', `mode ${mode} is not imitated here`)
  return forEach(call, operands, (path) => chmodSync(place(at, path, { mustExist: true, write: true }), Number.parseInt(mode, 8)))
}

/** Programs that change files; cat is here for tee's sake. */
export const insideFiles: Record<string, InsideProgram> = { cat, tee, mkdir, mv, rm, rmdir, touch, ln, chmod }
