import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { dropDataset, dropSnapshot } from './drop.ts'
import { needOperands, parseOptions } from './options.ts'
import {
  childrenOf,
  clonesOf,
  findDataset,
  needDataset,
  poolName,
  splitSnapshot,
  withDescendants,
  ZfsError,
  type Dataset,
  type Pool,
  type Snapshot,
} from './pool.ts'

type Doomed = { dataset: Dataset; snapshot: Snapshot | undefined }

/** zfs destroy. With -r or -R what can go goes, though the rest stays: snapshots before the dataset that turns out to be busy. */
export function destroy(host: Host, pool: Pool, call: Call, args: string[]): number {
  const { flags, operands } = parseOptions('destroy', args, 'rRfndpv')
  for (const letter of ['n', 'd', 'p', 'v']) if (flags.has(letter)) refuse('zfs', `destroy -${letter} is not imitated here`)
  const [name = ''] = needOperands('destroy', operands, 'dataset')
  const withClones = flags.has('R')
  const isRecursive = withClones || flags.has('r')
  if (name.includes('@')) return destroySnapshots(host, pool, name, isRecursive, withClones)
  const dataset = needDataset(pool, name)
  if (name === poolName)
    throw new ZfsError(
      `cannot destroy '${name}': operation does not apply to pools\nuse 'zfs destroy -r ${name}' to destroy all datasets in the pool\nuse 'zpool destroy ${name}' to destroy the pool itself`,
    )
  if (!isRecursive) mustBeAlone(pool, dataset)
  if (!withClones) mustHaveNoClones(pool, dataset)
  let code = 0
  for (const each of inOrder(pool, dataset)) {
    try {
      drop(host, pool, each, flags.has('f'))
    } catch (error) {
      if (!(error instanceof ZfsError)) throw error
      call.err(`${error.message}\n`)
      code = 1
      if (!isRecursive) return code
    }
  }
  return code
}

function drop(host: Host, pool: Pool, { dataset, snapshot }: Doomed, force: boolean): void {
  if (snapshot === undefined) dropDataset(host, pool, dataset, force)
  else dropSnapshot(host, dataset, snapshot)
}

function mustBeAlone(pool: Pool, dataset: Dataset): void {
  const below = inOrder(pool, dataset)
    .slice(0, -1)
    .filter((each) => isBelow(dataset, each.dataset))
  if (below.length === 0) return
  const names = below.map((each) => `${each.dataset.name}${each.snapshot === undefined ? '' : `@${each.snapshot.tag}`}`)
  throw new ZfsError(
    `cannot destroy '${dataset.name}': filesystem has children\nuse '-r' to destroy the following datasets:\n${names.join('\n')}`,
  )
}

/** Clones that live somewhere else. */
function mustHaveNoClones(pool: Pool, dataset: Dataset): void {
  const clones = inOrder(pool, dataset).filter((each) => !isBelow(dataset, each.dataset) && each.snapshot === undefined)
  if (clones.length === 0) return
  const names = clones.map((each) => each.dataset.name).join('\n')
  throw new ZfsError(
    `cannot destroy '${dataset.name}': filesystem has dependent clones\nuse '-R' to destroy the following datasets:\n${names}`,
  )
}

function isBelow(top: Dataset, dataset: Dataset): boolean {
  return dataset === top || dataset.name.startsWith(`${top.name}/`)
}

/** Everything that hangs on a dataset, in the order in which it can be destroyed; itself last. */
function inOrder(pool: Pool, dataset: Dataset, seen = new Set<Dataset>()): Doomed[] {
  if (seen.has(dataset)) return []
  seen.add(dataset)
  const children = childrenOf(pool, dataset.name).flatMap((child) => inOrder(pool, child, seen))
  const snapshots = dataset.snapshots.flatMap((snapshot) => [
    ...clonesOf(pool, snapshot).flatMap((clone) => inOrder(pool, clone, seen)),
    { dataset, snapshot },
  ])
  return [...children, ...snapshots, { dataset, snapshot: undefined }]
}

function destroySnapshots(host: Host, pool: Pool, full: string, isRecursive: boolean, withClones: boolean): number {
  const { name, tag } = splitSnapshot(full)
  if (/[%,]/.test(tag)) refuse('zfs', `lists and ranges of snapshots (${tag}) are not imitated here`)
  if (findDataset(pool, name) === undefined) throw new ZfsError(`cannot open '${name}': dataset does not exist`)
  const datasets = isRecursive ? withDescendants(pool, name) : [needDataset(pool, name)]
  const found = datasets.flatMap((dataset) =>
    dataset.snapshots.filter((each) => each.tag === tag).map((snapshot) => ({ dataset, snapshot })),
  )
  if (found.length === 0) throw new ZfsError('could not find any snapshots to destroy; check snapshot names.')
  const clones = found.flatMap(({ snapshot }) => clonesOf(pool, snapshot))
  if (clones.length > 0 && !withClones)
    throw new ZfsError(
      `cannot destroy '${full}': snapshot has dependent clones\nuse '-R' to destroy the following datasets:\n${clones.map((each) => each.name).join('\n')}`,
    )
  for (const each of clones.flatMap((clone) => inOrder(pool, clone))) drop(host, pool, each, false)
  for (const { dataset, snapshot } of found) dropSnapshot(host, dataset, snapshot)
  return 0
}
