import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Paths } from '../paths.ts'

const snapshotSchema = z.strictObject({
  tag: z.string(),
  guid: z.string(),
  /** Seconds since 1970. */
  creation: z.int(),
  txg: z.int(),
  properties: z.record(z.string(), z.string()),
})

const datasetSchema = z.strictObject({
  name: z.string(),
  guid: z.string(),
  creation: z.int(),
  txg: z.int(),
  /** What was set here; everything else is inherited or is as it always was. */
  properties: z.record(z.string(), z.string()),
  /** The guid of the snapshot that it is a clone of: names change. */
  origin: z.string().optional(),
  /** The real folder where its content lies; unmounted datasets lie in the pool's own folder. */
  mountedAt: z.string().optional(),
  /** Oldest first. */
  snapshots: z.array(snapshotSchema),
})

const poolSchema = z.strictObject({ guid: z.string(), nextTxg: z.int(), datasets: z.array(datasetSchema) })

export type Snapshot = z.infer<typeof snapshotSchema>
export type Dataset = z.infer<typeof datasetSchema>
export type Pool = z.infer<typeof poolSchema>

export const poolName = 'zroot'

/** What zfs(8) says before it ends. */
export class ZfsError extends Error {
  readonly code: number
  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}

export function hasPool(paths: Paths): boolean {
  return existsSync(registry(paths))
}

export function loadPool(paths: Paths): Pool {
  return poolSchema.parse(JSON.parse(readFileSync(registry(paths), 'utf8')))
}

export function savePool(paths: Paths, pool: Pool): void {
  const file = registry(paths)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(pool, null, 1))
  renameSync(`${file}.new`, file)
}

function registry(paths: Paths): string {
  return join(paths.folder, 'pool', 'datasets.json')
}

/** What the pool keeps of a dataset or a snapshot outside the host's tree. */
export function keptFolder(paths: Paths, what: 'snapshots' | 'unmounted' | 'covered', guid: string): string {
  return join(paths.folder, 'pool', what, guid)
}

export function newGuid(): string {
  return String(randomBytes(8).readBigUInt64BE())
}

export function newDataset(pool: Pool, name: string, properties: Record<string, string> = {}): Dataset {
  const dataset = { name, guid: newGuid(), creation: now(), txg: pool.nextTxg++, properties, snapshots: [] }
  pool.datasets.push(dataset)
  return dataset
}

export function now(): number {
  return Math.floor(Date.now() / 1000)
}

export function findDataset(pool: Pool, name: string): Dataset | undefined {
  return pool.datasets.find((each) => each.name === name)
}

export function needDataset(pool: Pool, name: string): Dataset {
  const found = findDataset(pool, name)
  if (found === undefined) throw new ZfsError(`cannot open '${name}': dataset does not exist`)
  return found
}

/** A dataset and what lies below it by name, parents first. */
export function withDescendants(pool: Pool, name: string): Dataset[] {
  return pool.datasets.filter((each) => each.name === name || each.name.startsWith(`${name}/`)).toSorted(byName)
}

export function childrenOf(pool: Pool, name: string): Dataset[] {
  return pool.datasets.filter((each) => parentName(each.name) === name).toSorted(byName)
}

export function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0
}

export function parentName(name: string): string {
  return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : ''
}

export function splitSnapshot(full: string): { name: string; tag: string } {
  const sign = full.indexOf('@')
  return { name: full.slice(0, sign), tag: full.slice(sign + 1) }
}

export function needSnapshot(pool: Pool, full: string): { dataset: Dataset; snapshot: Snapshot } {
  const { name, tag } = splitSnapshot(full)
  const dataset = findDataset(pool, name)
  const snapshot = dataset?.snapshots.find((each) => each.tag === tag)
  if (dataset === undefined || snapshot === undefined) throw new ZfsError(`cannot open '${full}': dataset does not exist`)
  return { dataset, snapshot }
}

export function clonesOf(pool: Pool, snapshot: Snapshot): Dataset[] {
  return pool.datasets.filter((each) => each.origin === snapshot.guid).toSorted(byName)
}

export function originOf(pool: Pool, dataset: Dataset): { dataset: Dataset; snapshot: Snapshot } | undefined {
  for (const each of pool.datasets) {
    const snapshot = each.snapshots.find((one) => one.guid === dataset.origin)
    if (snapshot !== undefined) return { dataset: each, snapshot }
  }
  return undefined
}

/** The nearest dataset at or above a name that has a property set. */
export function whoSets(pool: Pool, name: string, property: string): Dataset | undefined {
  const found = findDataset(pool, name)
  if (found === undefined || found.properties[property] !== undefined) return found
  return whoSets(pool, parentName(name), property)
}
