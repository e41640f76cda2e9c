import { existsSync, realpathSync } from 'node:fs'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { datasetAt } from './mounts.ts'
import { usage } from './options.ts'
import { byName, childrenOf, findDataset, needDataset, needSnapshot, ZfsError, type Dataset, type Pool } from './pool.ts'
import type { Node } from './values.ts'

export interface Wanted {
  /** filesystem, snapshot; undefined: nobody asked for any in particular. */
  types: Set<string> | undefined
  /** How far below what is named. */
  depth: number
}

const typeNames: Record<string, string[]> = {
  filesystem: ['filesystem'],
  fs: ['filesystem'],
  snapshot: ['snapshot'],
  snap: ['snapshot'],
  volume: [],
  vol: [],
  bookmark: [],
  all: ['filesystem', 'snapshot'],
}

export function readTypes(command: string, text: string | undefined): Set<string> | undefined {
  if (text === undefined) return undefined
  return new Set(
    text.split(',').flatMap((word) => {
      const found = typeNames[word]
      if (found === undefined) throw usage(command, `invalid type '${word}'`)
      return found
    }),
  )
}

export function readDepth(command: string, flags: Set<string>, text: string | undefined): number | undefined {
  if (text !== undefined && !/^[0-9]+$/.test(text)) throw usage(command, `${text} is not an integer`)
  return text === undefined ? (flags.has('r') ? Infinity : undefined) : Number(text)
}

/** What list and get are about, in the order of their output; a name that is not there is said and the rest goes on. */
export function selectNodes(host: Host, pool: Pool, names: string[], wanted: Wanted, say: (mistake: string) => void): Node[] {
  const nodes = new Set<string>()
  const all: Node[] = []
  const add = (node: Node) => {
    const id = node.snapshot?.guid ?? node.dataset.guid
    if (nodes.has(id)) return
    nodes.add(id)
    all.push(node)
  }
  for (const name of names) {
    try {
      for (const node of below(host, pool, name, wanted)) add(node)
    } catch (error) {
      if (!(error instanceof ZfsError) || error.code !== 1) throw error
      say(error.message)
    }
  }
  return all.toSorted((one, other) => byName(one.dataset, other.dataset) || (one.snapshot?.txg ?? 0) - (other.snapshot?.txg ?? 0))
}

function below(host: Host, pool: Pool, name: string, { types, depth }: Wanted): Node[] {
  if (name.includes('@')) {
    if (types !== undefined && !types.has('snapshot'))
      throw new ZfsError(`cannot open '${name}': operation not applicable to datasets of this type`)
    return [needSnapshot(pool, name)]
  }
  const dataset = /^\.{0,2}\//.test(name) ? byPath(host, pool, name) : needDataset(pool, name)
  return walk(pool, dataset, types ?? new Set(['filesystem']), depth)
}

function walk(pool: Pool, dataset: Dataset, types: Set<string>, depth: number): Node[] {
  const own = types.has('filesystem') ? [{ dataset, snapshot: undefined }] : []
  const snapshots = types.has('snapshot') && depth > 0 ? dataset.snapshots.map((snapshot) => ({ dataset, snapshot })) : []
  const children = depth > 0 ? childrenOf(pool, dataset.name).flatMap((child) => walk(pool, child, types, depth - 1)) : []
  return [...own, ...snapshots, ...children]
}

function byPath(host: Host, pool: Pool, path: string): Dataset {
  const real = toReal(host.paths, path)
  if (!existsSync(real)) throw new ZfsError(`cannot open '${path}': No such file or directory`)
  const found = datasetAt(pool, realpathSync(real))
  return found ?? findDataset(pool, path) ?? needDataset(pool, path)
}
