import { readFileSync } from 'node:fs'
import type { Call } from '../call.ts'
import { refuse, refuseOption } from '../refuse.ts'
import { forEach, place, type InJail, type InsideProgram } from './inside.ts'

/** Lines of a text, each with its end. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** head(1) and tail(1): `-n N`, `-N`, for tail also `-n +N` and -r. */
function cut(name: 'head' | 'tail'): InsideProgram {
  return (at, call) => {
    let count = '10'
    let isReversed = false
    let start = 0
    for (; start < call.args.length; start++) {
      const arg = call.args[start] ?? ''
      const short = /^-n?(\+?\d+)$/.exec(arg)?.[1]
      if (arg === '-n') count = call.args[++start] ?? ''
      else if (short !== undefined) count = short
      else if (arg === '-r' && name === 'tail') {
        isReversed = true
        if (!call.args.some((each) => each.startsWith('-n'))) count = '+1'
      } else if (/^-./.test(arg)) return refuseOption(name, arg)
      else break
    }
    if (!/^\+?\d+$/.test(count)) return refuse(name, `-n ${count} is not imitated here`)
    const take = (lines: string[]) => (name === 'head' ? lines.slice(0, Number(count)) : ending(lines, count))
    const show = (text: string) => {
      const lines = take(linesOf(text))
      return (isReversed ? lines.toReversed() : lines).join('')
    }
    return eachText(at, call, call.args.slice(start), (text, path, index, isOnly) => {
      const head = isOnly ? '' : `${index > 0 ? '\n' : ''}==> ${path} <==\n`
      call.out(head + show(text))
    })
  }
}

function ending(lines: string[], count: string): string[] {
  if (count.startsWith('+')) return lines.slice(Math.max(0, Number(count) - 1))
  return Number(count) === 0 ? [] : lines.slice(-Number(count))
}

/** Standard input where no file is named. */
export async function eachText(
  at: InJail,
  call: Call,
  paths: string[],
  work: (text: string, path: string | undefined, index: number, isOnly: boolean) => void,
): Promise<number> {
  if (paths.length === 0) {
    work((await call.input()).toString(), undefined, 0, true)
    return 0
  }
  let index = 0
  return forEach(call, paths, (path) => work(readFileSync(place(at, path), 'utf8'), path, index++, paths.length === 1))
}

/** `wc [-l] [-w] [-c]`. */
const wc: InsideProgram = async (at, call) => {
  const flags = call.args
    .filter((arg) => arg.startsWith('-'))
    .join('')
    .replaceAll('-', '')
  const odd = /[^lwc]/.exec(flags)?.[0]
  if (odd !== undefined) return refuseOption('wc', `-${odd}`)
  const kinds = ['l', 'w', 'c'].filter((letter) => flags === '' || flags.includes(letter))
  const total: Record<string, number> = {}
  const line = (counts: Record<string, number>, name: string | undefined) =>
    `${kinds.map((kind) => ` ${String(counts[kind] ?? 0).padStart(7)}`).join('')}${name === undefined ? '' : ` ${name}`}\n`
  const paths = call.args.filter((arg) => !arg.startsWith('-'))
  const code = await eachText(at, call, paths, (text, path) => {
    const words = text.split(/\s+/).filter((word) => word !== '').length
    const counts: Record<string, number> = { l: text.split('\n').length - 1, w: words, c: Buffer.byteLength(text) }
    for (const kind of kinds) total[kind] = (total[kind] ?? 0) + (counts[kind] ?? 0)
    call.out(line(counts, path))
  })
  if (paths.length > 1) call.out(line(total, 'total'))
  return code
}

/** printf(1) with %s, %d, %% and the usual escapes; the format is used again while there are arguments. */
const printf: InsideProgram = (_at, call) => {
  const [format = '', ...given] = call.args
  const escapes: Record<string, string> = { n: '\n', t: '\t', '\\': '\\', r: '\r', '0': '\0' }
  const values = [...given]
  do {
    const before = values.length
    call.out(
      format.replaceAll(/%(.)|\\(.)/g, (code: string, letter: string | undefined, escape: string | undefined) => {
        if (escape !== undefined) return escapes[escape] ?? refuse('printf', `${code} is not imitated here`)
        if (letter === '%') return '%'
        if (letter === 's') return values.shift() ?? ''
        return letter === 'd' ? String(Number(values.shift() ?? 0)) : refuse('printf', `${code} is not imitated here`)
      }),
    )
    if (values.length === before) break
  } while (values.length > 0)
  return 0
}

export const insideText: Record<string, InsideProgram> = { head: cut('head'), tail: cut('tail'), wc, printf }
