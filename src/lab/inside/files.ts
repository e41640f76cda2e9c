import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { appendFileSync, utimesSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Call } from '../call.ts'
import { refuse, refuseOption } from '../refuse.ts'
import { forEach, place, splitFlags, type InJail, type InsideProgram } from './inside.ts'

function only(call: Call, allowed: string): { flags: Set<string>; operands: string[] } {
  const parsed = splitFlags(call.args)
  for (const flag of parsed.flags) if (!allowed.includes(flag)) refuseOption(call.program, `-${flag}`)
  return parsed
}

const cat: InsideProgram = async (at, call) => {
  const { operands } = only(call, 'u')
  if (operands.length === 0) {
    call.out(await call.input())
    return 0
  }
  return forEach(call, operands, (path) => call.out(readFileSync(place(at, path))))
}

const tee: InsideProgram = async (at, call) => {
  const { flags, operands } = only(call, 'a')
  const input = await call.input()
  const code = forEach(call, operands, (path) => (flags.has('a') ? appendFileSync : writeFileSync)(place(at, path), input))
  call.out(input)
  return code
}

const mkdir: InsideProgram = (at, call) => {
  const mode = call.args[0] === '-m' ? call.args[1] : undefined
  const { flags, operands } = only(mode === undefined ? call : { ...call, args: call.args.slice(2) }, 'pv')
  return forEach(call, operands, (path) => {
    if (!flags.has('p')) return mkdirSync(place(at, path), { mode: mode === undefined ? 0o755 : Number.parseInt(mode, 8) })
    const parts = path.split('/').filter((part) => part !== '')
    for (const [index] of parts.entries()) {
      const step = place(at, `/${parts.slice(0, index + 1).join('/')}`)
      if (!existsSync(step)) mkdirSync(step)
    }
  })
}

const mv: InsideProgram = (at, call) => {
  const { operands } = only(call, 'fh')
  const target = operands.at(-1) ?? ''
  return forEach(call, operands.slice(0, -1), (path) => {
    const from = place(at, path, { followLast: false, mustExist: true })
    const into = place(at, target)
    const isFolder = statSync(into, { throwIfNoEntry: false })?.isDirectory() === true
    renameSync(from, isFolder ? join(into, basename(path)) : place(at, target, { followLast: false }))
  })
}

const rm: InsideProgram = (at, call) => {
  const { flags, operands } = only(call, 'rRfx')
  const recursive = flags.has('r') || flags.has('R')
  return forEach(call, operands, (path) => {
    if (path === '/' || basename(path) === '..') return refuse('rm', `${path} may not be removed`)
    const real = flags.has('f') ? quietPlace(at, path) : place(at, path, { followLast: false, mustExist: true })
    if (real === undefined) return
    if (lstatSync(real).isDirectory() && !recursive) throw Object.assign(new Error('is a directory'), { code: 'EISDIR_' })
    rmSync(real, { recursive })
  })
}

function quietPlace(at: InJail, path: string): string | undefined {
  try {
    return place(at, path, { followLast: false, mustExist: true })
  } catch {
    return undefined
  }
}

const ls: InsideProgram = (at, call) => {
  const { flags, operands } = only(call, '1ad')
  return forEach(call, operands.length > 0 ? operands : ['.'], (path) => {
    const real = place(at, path, { mustExist: true })
    if (flags.has('d') || !statSync(real).isDirectory()) return call.out(`${path}\n`)
    const names = readdirSync(real).filter((name) => flags.has('a') || !name.startsWith('.'))
    call.out(
      names
        .toSorted()
        .map((name) => `${name}\n`)
        .join(''),
    )
  })
}

const test: InsideProgram = (at, call) => {
  const args = call.program === '[' ? call.args.slice(0, -1) : call.args
  if (args[0] === '!') return (test(at, { ...call, program: 'test', args: args.slice(1) }) as number) === 0 ? 1 : 0
  const [first = '', second, third] = args
  if (args.length === 3 && (second === '=' || second === '!=')) return (first === third) === (second === '=') ? 0 : 1
  if (args.length === 2) return fileTest(at, first, second ?? '') ? 0 : 1
  return refuse('test', `test ${args.join(' ')} is not imitated here`)
}

function fileTest(at: InJail, sign: string, path: string): boolean {
  if (sign === '-n') return path !== ''
  if (sign === '-z') return path === ''
  const isLinkTest = sign === '-L' || sign === '-h'
  let real: string
  try {
    real = place(at, path, { mustExist: true, followLast: !isLinkTest })
  } catch {
    return false
  }
  const found = lstatSync(real)
  if (sign === '-e' || sign === '-r' || sign === '-w') return true
  if (isLinkTest) return found.isSymbolicLink()
  if (sign === '-d') return found.isDirectory()
  if (sign === '-f') return found.isFile()
  if (sign === '-s') return found.size > 0
  if (sign === '-x') return found.isDirectory() || (found.mode & 0o111) !== 0
  return refuse('test', `${sign} is not imitated here`)
}

const touch: InsideProgram = (at, call) => {
  const { operands } = only(call, '')
  return forEach(call, operands, (path) => {
    const real = place(at, path)
    closeSync(openSync(real, 'a'))
    utimesSync(real, new Date(), new Date())
  })
}

const ln: InsideProgram = (at, call) => {
  const { flags, operands } = only(call, 'sfhn')
  if (!flags.has('s') || operands.length !== 2) return refuse('ln', 'only ln -s TARGET NAME is imitated here')
  const [target = '', name = ''] = operands
  return forEach(call, [name], () => {
    const real = place(at, name, { followLast: false })
    if (flags.has('f')) rmSync(real, { force: true })
    symlinkSync(target, real)
  })
}

const chmod: InsideProgram = (at, call) => {
  const [mode = '', ...operands] = call.args
  if (!/^[0-7]{3,4}$/.test(mode)) return refuse('chmod', `mode ${mode} is not imitated here`)
  return forEach(call, operands, (path) => chmodSync(place(at, path, { mustExist: true }), Number.parseInt(mode, 8)))
}

/** Only `stat -f FORMAT`: %z size, %m modification time, %Lp permissions, %N name, %Su owner. */
const stat: InsideProgram = (at, call) => {
  const [flag, format = '', ...operands] = call.args
  if (flag !== '-f') return refuse('stat', 'only stat -f FORMAT is imitated here')
  return forEach(call, operands, (path) => {
    const found = lstatSync(place(at, path, { mustExist: true, followLast: false }))
    const line = format.replace(/%(Lp|Su|HT|[a-zA-Z])/g, (code, letter: string) => {
      if (letter === 'z') return String(found.size)
      if (letter === 'm') return String(Math.floor(found.mtimeMs / 1000))
      if (letter === 'Lp') return (found.mode & 0o777).toString(8)
      if (letter === 'N') return path
      if (letter === 'u' || letter === 'g') return '0'
      if (letter === 'HT') return found.isDirectory() ? 'Directory' : found.isSymbolicLink() ? 'Symbolic Link' : 'Regular File'
      return letter === 'Su' ? 'root' : refuse('stat', `${code} is not imitated here`)
    })
    call.out(`${line}\n`)
  })
}

const sha256: InsideProgram = (at, call) => {
  const { flags, operands } = only(call, 'q')
  return forEach(call, operands, (path) => {
    const digest = createHash('sha256')
      .update(readFileSync(place(at, path)))
      .digest('hex')
    call.out(flags.has('q') ? `${digest}\n` : `SHA256 (${path}) = ${digest}\n`)
  })
}

const cutLines =
  (take: (lines: string[], count: number) => string[]): InsideProgram =>
  async (at, call) => {
    const [first = '', second = '', ...rest] = call.args
    const short = /^-([0-9]+)$/.exec(first)?.[1]
    const count = Number(short ?? (first === '-n' ? second : 10))
    const operands = short === undefined ? (first === '-n' ? rest : call.args) : call.args.slice(1)
    if (operands.some((operand) => operand.startsWith('-'))) return refuseOption(call.program, operands.join(' '))
    const show = (text: string) => call.out(take(text.match(/[^\n]*\n|[^\n]+$/g) ?? [], count).join(''))
    if (operands.length === 0) {
      show((await call.input()).toString('latin1'))
      return 0
    }
    return forEach(call, operands, (path) => show(readFileSync(place(at, path), 'utf8')))
  }

export const insideFiles: Record<string, InsideProgram> = {
  cat,
  tee,
  mkdir,
  mv,
  rm,
  ls,
  test,
  touch,
  ln,
  chmod,
  stat,
  sha256,
  '[': test,
  head: cutLines((lines, count) => lines.slice(0, count)),
  tail: cutLines((lines, count) => lines.slice(-count)),
}
