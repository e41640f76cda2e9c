import type { TrashDriver } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import type { TrashEntry } from '../core/jail.ts'
import { trashDatasetOf } from './zfs.ts'

/** zfs(8) destroys nothing that others are clones of: what was cloned goes after its clones, and stays as long as one of them does. */
export function inOrderOfClones(datasets: Facts['datasets'], entries: readonly TrashEntry[]): ReturnType<TrashDriver['purgeable']> {
  const ready: TrashEntry[] = []
  const left = new Set(entries)
  for (;;) {
    const next = [...left].find((entry) => clonesOf(datasets, entry, ready).length === 0)
    if (next === undefined) break
    ready.push(next)
    left.delete(next)
  }
  return { ready, held: [...left].map((entry) => ({ entry, by: clonesOf(datasets, entry, ready) })) }
}

function clonesOf(datasets: Facts['datasets'], entry: TrashEntry, gone: readonly TrashEntry[]): string[] {
  const own = datasetOf(entry)
  if (own === undefined) return []
  const ends = [entry, ...gone].flatMap((one) => datasetOf(one) ?? [])
  return datasets
    .filter(({ origin }) => origin !== undefined && isWithin(origin.replace(/@.*$/, ''), own))
    .filter(({ name }) => !ends.some((end) => isWithin(name, end)))
    .map(({ name }) => name)
}

export function datasetOf({ name, request, parts: { tree } }: TrashEntry): string | undefined {
  return tree.kind === 'folder' ? undefined : `${trashDatasetOf(tree.dataset)}/${name}.${request}`
}

function isWithin(name: string, dataset: string): boolean {
  return name === dataset || name.startsWith(`${dataset}/`)
}
