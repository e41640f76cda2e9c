import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Host } from '../host.ts'
import { folderOf, mountedInside } from './mounts.ts'
import { mistakeInTag } from './names.ts'
import { needOperands, parseOptions, readSettings, usage } from './options.ts'
import { dropDataset, dropSnapshot } from './drop.ts'
import {
  clonesOf,
  keptFolder,
  needDataset,
  needSnapshot,
  newGuid,
  now,
  originOf,
  splitSnapshot,
  withDescendants,
  ZfsError,
  type Dataset,
  type Pool,
} from './pool.ts'
import { checkSettings } from './settings.ts'
import { copyTree, emptyTree } from './tree.ts'

/** zfs snapshot: of all that is named, or of nothing. */
export function snapshot(host: Host, pool: Pool, args: string[]): void {
  const options = parseOptions('snapshot', args, 'ro:')
  if (options.operands.length === 0) throw usage('snapshot', 'missing snapshot argument')
  const properties = readSettings('snapshot', options.values('o'))
  const wanted = options.operands.flatMap((full) => {
    if (!full.includes('@')) throw usage('snapshot', `cannot create snapshot '${full}': snapshot delimiter '@' is missing`)
    const { name, tag } = splitSnapshot(full)
    const wrong = mistakeInTag(tag)
    if (wrong !== undefined) throw new ZfsError(`cannot create snapshot '${full}': ${wrong}`)
    const dataset = opened(pool, name)
    return (options.flags.has('r') ? withDescendants(pool, name) : [dataset]).map((each) => ({ dataset: each, tag }))
  })
  const checked = checkSettings(properties, `cannot create snapshot '${options.operands[0] ?? ''}'`)
  const there = wanted.find(({ dataset, tag }) => dataset.snapshots.some((each) => each.tag === tag))
  if (there !== undefined)
    throw new ZfsError(`cannot create snapshot '${there.dataset.name}@${there.tag}': dataset already exists\nno snapshots were created`)
  for (const { dataset, tag } of wanted) take(host, pool, dataset, tag, checked)
}

function opened(pool: Pool, name: string): Dataset {
  try {
    return needDataset(pool, name)
  } catch (error) {
    throw error instanceof ZfsError ? usage('snapshot', error.message) : error
  }
}

function take(host: Host, pool: Pool, dataset: Dataset, tag: string, properties: Record<string, string>): void {
  const made = { tag, guid: newGuid(), creation: now(), txg: pool.nextTxg++, properties }
  const folder = keptFolder(host.paths, 'snapshots', made.guid)
  mkdirSync(dirname(folder), { recursive: true })
  copyTree(folderOf(host, dataset), folder, mountedInside(pool, dataset))
  dataset.snapshots.push(made)
}

/** zfs rollback: a running jail's files change below it. */
export function rollback(host: Host, pool: Pool, args: string[]): void {
  const { flags, operands } = parseOptions('rollback', args, 'rRf')
  const [full = ''] = needOperands('rollback', operands, 'dataset')
  if (!full.includes('@')) throw new ZfsError(`cannot open '${full}': operation not applicable to datasets of this type`)
  const { dataset, snapshot: target } = needSnapshot(pool, full)
  const newer = dataset.snapshots.slice(dataset.snapshots.indexOf(target) + 1)
  const doing = `cannot rollback to '${full}'`
  if (newer.length > 0 && !flags.has('r') && !flags.has('R')) {
    const names = newer.map(({ tag }) => `${dataset.name}@${tag}`).join('\n')
    throw new ZfsError(
      `${doing}: more recent snapshots or bookmarks exist\nuse '-r' to force deletion of the following snapshots and bookmarks:\n${names}`,
    )
  }
  const clones = newer.flatMap((each) => clonesOf(pool, each))
  if (clones.length > 0 && !flags.has('R')) {
    const names = clones.map(({ name }) => name).join('\n')
    throw new ZfsError(
      `${doing}: clones of previous snapshots exist\nuse '-R' to force deletion of the following clones and dependents:\n${names}`,
    )
  }
  for (const each of clones) dropDataset(host, pool, each, flags.has('f'))
  for (const each of newer) dropSnapshot(host, dataset, each)
  restore(host, pool, dataset, target.guid)
}

/** Its content becomes that of a snapshot. */
export function restore(host: Host, pool: Pool, dataset: Dataset, guid: string): void {
  const folder = folderOf(host, dataset)
  const except = mountedInside(pool, dataset)
  emptyTree(folder, except)
  copyTree(keptFolder(host.paths, 'snapshots', guid), folder)
}

/** zfs promote: the clone becomes the original, and the snapshots up to its beginning become its own. */
export function promote(pool: Pool, args: string[]): void {
  const { operands } = parseOptions('promote', args, '')
  const [name = ''] = needOperands('promote', operands, 'clone filesystem')
  if (name.includes('@')) throw new ZfsError(`cannot open '${name}': snapshot delimiter '@' is not expected here`)
  const dataset = needDataset(pool, name)
  const origin = originOf(pool, dataset)
  if (origin === undefined) throw new ZfsError(`cannot promote '${name}': not a cloned filesystem`)
  const count = origin.dataset.snapshots.indexOf(origin.snapshot) + 1
  const moving = origin.dataset.snapshots.slice(0, count)
  const twice = moving.find(({ tag }) => dataset.snapshots.some((each) => each.tag === tag))
  if (twice !== undefined)
    throw new ZfsError(
      `cannot promote '${name}': snapshot name '${origin.dataset.name}@${twice.tag}' from origin \nconflicts with '${name}@${twice.tag}' from target`,
    )
  dataset.snapshots.unshift(...moving)
  origin.dataset.snapshots.splice(0, count)
  if (origin.dataset.origin === undefined) delete dataset.origin
  else dataset.origin = origin.dataset.origin
  origin.dataset.origin = origin.snapshot.guid
}
