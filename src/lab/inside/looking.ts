import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs'
import { parseFlags } from '../files/operands.ts'
import { Refusal, refuse } from '../refuse.ts'
import { statLine } from '../stat-format.ts'
import { forEach, place, type InJail, type InsideProgram } from './inside.ts'

const ls: InsideProgram = (at, call) => {
  const { flags, operands } = parseFlags(call, '1ad')
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

const test: InsideProgram = (at, call) => (holds(at, call.program === '[' ? call.args.slice(0, -1) : call.args) ? 0 : 1)

function holds(at: InJail, args: string[]): boolean {
  const [first = '', second, third] = args
  if (first === '!') return !holds(at, args.slice(1))
  if (args.length === 3 && (second === '=' || second === '!=')) return (first === third) === (second === '=')
  if (args.length === 2) return fileTest(at, first, second ?? '')
  return refuse('test', `test ${args.join(' ')} is not imitated here`)
}

function fileTest(at: InJail, sign: string, path: string): boolean {
  if (sign === '-n') return path !== ''
  if (sign === '-z') return path === ''
  const isLinkTest = sign === '-L' || sign === '-h'
  let real: string
  try {
    real = place(at, path, { mustExist: true, followLast: !isLinkTest })
  } catch (error) {
    if (error instanceof Refusal) throw error
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

/** Only `stat [-L] -f FORMAT`. */
const stat: InsideProgram = (at, call) => {
  const follows = call.args[0] === '-L'
  const [flag, format = '', ...operands] = follows ? call.args.slice(1) : call.args
  if (flag !== '-f') return refuse('stat', 'only stat -f FORMAT is imitated here')
  return forEach(call, operands, (path) => {
    call.out(`${statLine(format, path, foundAt(at, path, follows))}\n`)
  })
}

/** A link that leads to nothing is itself what is found, also with -L. */
function foundAt(at: InJail, path: string, follows: boolean): Stats {
  const own = lstatSync(place(at, path, { mustExist: true, followLast: false }))
  if (!follows || !own.isSymbolicLink()) return own
  try {
    return statSync(place(at, path, { mustExist: true, followLast: true }))
  } catch {
    return own
  }
}

const sha256: InsideProgram = (at, call) => {
  const { flags, operands } = parseFlags(call, 'q')
  return forEach(call, operands, (path) => {
    const digest = createHash('sha256')
      .update(readFileSync(place(at, path)))
      .digest('hex')
    call.out(flags.has('q') ? `${digest}\n` : `SHA256 (${path}) = ${digest}\n`)
  })
}

/** Programs that only look. */
export const insideLooking: Record<string, InsideProgram> = {
  ls,
  test,
  '[': test,
  stat,
  sha256,
}
