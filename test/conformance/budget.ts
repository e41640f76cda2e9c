import { sha256 } from '../../src/core/canonical.ts'
import type { Column } from './columns.ts'
import type { Mode } from './trial.ts'
import type { Verb } from './verbs/verb.ts'

interface Table {
  columns: readonly Column[]
  verbs: readonly Pick<Verb, 'path'>[]
  modes: readonly Mode[]
}
/** Whether a cell of the table is to be tried. */
type Chosen = (column: Column, verb: Pick<Verb, 'path'>, mode: Mode) => boolean

/** So many cells of the table, the same number on each driver; which they are, the seed says. */
export function chooseCells({ columns, verbs, modes }: Table, cells: number, seed: number): Chosen {
  const chosen = new Set(
    columns.flatMap((column, index) => {
      const all = verbs.flatMap(({ path }) => modes.map((mode) => keyOf(column.name, path, mode)))
      const share = Math.floor(cells / columns.length) + (index < cells % columns.length ? 1 : 0)
      return all.toSorted((a, b) => (rank(a, seed) < rank(b, seed) ? -1 : 1)).slice(0, share)
    }),
  )
  return (column, { path }, mode) => chosen.has(keyOf(column.name, path, mode))
}

const keyOf = (column: string, path: string, mode: Mode) => `${column}: ${path}, ${mode}`
const rank = (key: string, seed: number) => sha256(`${seed} ${key}`)
