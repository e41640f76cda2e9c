import { existsSync, readFileSync, statSync } from 'node:fs'

export interface FstabLine {
  from: string
  on: string
  type: string
  /** As written, `ro,noatime`; jail(8) looks for it, mount(8) takes `rw` to be meant. */
  options: string | undefined
  /** The whole line, for jail(8)'s messages. */
  text: string
}

/** The lines of an fstab(5) without comments; undefined: there is no such file. */
export function readFstab(real: string): string[] | undefined {
  if (!existsSync(real) || !statSync(real).isFile()) return undefined
  const lines = readFileSync(real, 'utf8').split('\n')
  return lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '')
}

/** undefined: a line of fewer than three words. */
export function parseFstabLine(text: string): FstabLine | undefined {
  const [from, on, type, options] = text.split(/[ \t\f\v\r\n]+/).filter((word) => word !== '')
  if (from === undefined || on === undefined || type === undefined) return undefined
  return { from: unescaped(from), on: unescaped(on), type, options, text }
}

/** A blank in a name is written `\040`. */
function unescaped(word: string): string {
  return word.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
