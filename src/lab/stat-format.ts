import type { Stats } from 'node:fs'
import { refuse } from './refuse.ts'

/** What `stat -f FORMAT` prints of a file; files of the lab have no owners: they are root's. */
export function statLine(format: string, path: string, found: Stats): string {
  return format.replace(
    /%(Lp|Mp|OLp|Op|Su|Sg|Sp|HT|Sm|[a-zA-Z%n])/g,
    (code, letter: string) => field(letter, path, found) ?? refuse('stat', `${code} is not imitated here`),
  )
}

function field(letter: string, path: string, found: Stats): string | undefined {
  const fields: Record<string, () => string> = {
    z: () => String(found.size),
    m: () => String(Math.floor(found.mtimeMs / 1000)),
    a: () => String(Math.floor(found.atimeMs / 1000)),
    c: () => String(Math.floor(found.ctimeMs / 1000)),
    Lp: () => (found.mode & 0o777).toString(8),
    OLp: () => (found.mode & 0o777).toString(8),
    Op: () => found.mode.toString(8),
    Mp: () => ((found.mode >> 9) & 7).toString(8),
    N: () => path,
    u: () => '0',
    g: () => '0',
    Su: () => 'root',
    Sg: () => 'wheel',
    d: () => String(found.dev),
    i: () => String(found.ino),
    l: () => String(found.nlink),
    b: () => String(found.blocks),
    HT: () => (found.isDirectory() ? 'Directory' : found.isSymbolicLink() ? 'Symbolic Link' : 'Regular File'),
    T: () => (found.isDirectory() ? '/' : found.isSymbolicLink() ? '@' : (found.mode & 0o111) === 0 ? '' : '*'),
    n: () => '\n',
    '%': () => '%',
  }
  return fields[letter]?.()
}
