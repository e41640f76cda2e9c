import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { mountDataset, mustNotBeBusy, removeEmpty, showInMountTable, unmountDataset, whyNotMountable } from './mounts.ts'
import { needOperands, parseOptions } from './options.ts'
import { byName, loadPool, needDataset, savePool, withDescendants, ZfsError, type Dataset, type Pool } from './pool.ts'

/** zfs mount: lists, or mounts one or all of them. */
export function mount(host: Host, pool: Pool, call: Call, args: string[]): void {
  const { flags, operands } = parseOptions('mount', args, 'avfO')
  if (flags.has('a')) return mountAll(host, pool)
  if (operands.length === 0) {
    for (const { name, mountedAt } of mountedOnes(pool)) call.out(`${name.padEnd(30)}  ${mountedAt ?? ''}\n`)
    return undefined
  }
  const [name = ''] = needOperands('mount', operands, 'filesystem')
  const dataset = needDataset(pool, name)
  const why = dataset.mountedAt === undefined ? whyNotMountable(host, pool, dataset) : 'filesystem already mounted'
  if (why !== undefined) throw new ZfsError(`cannot mount '${name}': ${why}`)
  return mountDataset(host, pool, dataset)
}

function mountedOnes(pool: Pool): Dataset[] {
  return pool.datasets.filter(({ mountedAt }) => mountedAt !== undefined).toSorted(byName)
}

/** As at boot: what is to be mounted without being asked. */
export function mountAll(host: Host, pool: Pool): void {
  for (const dataset of pool.datasets.toSorted(byName)) {
    const isWanted = dataset.mountedAt === undefined && dataset.properties['canmount'] !== 'noauto'
    if (isWanted && whyNotMountable(host, pool, dataset) === undefined) mountDataset(host, pool, dataset)
  }
}

/** zfs unmount: by name or by path, with everything that is mounted below it. */
export function unmount(host: Host, pool: Pool, args: string[]): void {
  const { flags, operands } = parseOptions('unmount', args, 'afu')
  if (flags.has('a')) refuse('zfs', 'unmount -a is not imitated here')
  const [name = ''] = needOperands('unmount', operands, 'filesystem')
  const dataset = name.startsWith('/') ? byPlace(host, pool, name) : needDataset(pool, name)
  if (dataset.mountedAt === undefined) throw new ZfsError(`cannot unmount '${name}': not currently mounted`)
  unmountAll(host, pool, withDescendants(pool, dataset.name), flags.has('f'))
}

function unmountAll(host: Host, pool: Pool, datasets: Dataset[], force: boolean): void {
  const mounted = datasets.filter(({ mountedAt }) => mountedAt !== undefined)
  for (const each of mounted) mustNotBeBusy(host, pool, each, mounted, force)
  for (const each of mounted.toReversed()) {
    const place = each.mountedAt
    unmountDataset(host, each)
    if (each !== datasets[0] && each.properties['mountpoint'] === undefined) removeEmpty(place)
  }
}

function byPlace(host: Host, pool: Pool, path: string): Dataset {
  const real = toReal(host.paths, path)
  const found = pool.datasets.find(({ mountedAt }) => mountedAt === real)
  if (found === undefined) throw new ZfsError(`cannot unmount '${path}': not a mountpoint`)
  return found
}

/** What umount(8) does to one dataset. False: it is busy. */
export function unmountByName(host: Host, name: string, force: boolean): boolean {
  const pool = loadPool(host.paths)
  try {
    unmountAll(host, pool, [needDataset(pool, name)], force)
    savePool(host.paths, pool)
    return true
  } catch (error) {
    if (error instanceof ZfsError) return false
    throw error
  } finally {
    showInMountTable(host, pool)
  }
}
