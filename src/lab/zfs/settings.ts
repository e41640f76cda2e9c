import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { readBytes } from './numbers.ts'
import { mountDataset, mountpointOf, mustNotBeBusy, removeEmpty, unmountDataset, whyNotMountable } from './mounts.ts'
import { parseOptions, readSettings, usage } from './options.ts'
import { needDataset, needSnapshot, withDescendants, ZfsError, type Dataset, type Pool } from './pool.ts'
import { fullName, isKnown, isUserProperty, notImitated, readOnly, settable } from './property-table.ts'

/** Judges what somebody wants to set, and gives it its full names. `doing`: cannot create 'zroot/a'. */
export function checkSettings(settings: Record<string, string>, doing: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([given, value]) => {
      const property = fullName(given)
      const wrong = mistakeIn(property, value)
      if (wrong !== undefined) throw new ZfsError(`${doing}: ${wrong}`)
      return [property, value]
    }),
  )
}

function mistakeIn(property: string, value: string): string | undefined {
  if (isUserProperty(property)) return undefined
  if (!isKnown(property)) return `invalid property '${property}'`
  if (readOnly.includes(property)) return `'${property}' is readonly`
  const only = notImitated[property]
  if (only !== undefined) return value === only ? undefined : refuse('zfs', `${property}=${value} is not imitated here`)
  const rule = settable[property]
  if (rule?.isSize === true && readBytes(value) === undefined) return `bad numeric value '${value}'`
  if (rule?.words !== undefined && !rule.words.includes(value)) return `'${property}' must be one of '${rule.words.join(' | ')}'`
  if (property !== 'mountpoint' || value === 'none' || value === 'legacy' || value.startsWith('/')) return undefined
  return `'mountpoint' must be an absolute path, 'none', or 'legacy'`
}

export function set(host: Host, pool: Pool, args: string[]): void {
  const { flags, operands } = parseOptions('set', args, 'u')
  if (flags.has('u')) refuse('zfs', 'set -u is not imitated here')
  const names = operands.filter((word) => !word.includes('='))
  const words = operands.filter((word) => word.includes('='))
  if (words.length === 0)
    throw usage('set', operands.length === 0 ? 'missing property=value argument(s)' : "missing '=' for property=value argument(s)")
  if (names.length === 0) throw usage('set', 'missing dataset name(s)')
  const settings = readSettings('set', words)
  for (const name of names) {
    const target = name.includes('@') ? needSnapshot(pool, name).snapshot : needDataset(pool, name)
    const checked = checkSettings(settings, `cannot set property for '${name}'`)
    const native = Object.keys(checked).find((each) => !isUserProperty(each))
    if (name.includes('@') && native !== undefined)
      throw new ZfsError(`cannot set property for '${name}': this property can not be modified for snapshots`)
    for (const [property, value] of Object.entries(checked)) {
      if ('snapshots' in target) change(host, pool, target, property, value)
      else target.properties[property] = value
    }
  }
}

export function inherit(host: Host, pool: Pool, args: string[]): void {
  const { flags, operands } = parseOptions('inherit', args, 'rS')
  const [given = '', ...names] = operands
  if (given === '') throw usage('inherit', 'missing property argument')
  if (names.length === 0) throw usage('inherit', 'missing dataset argument')
  const property = fullName(given)
  if (!isKnown(property)) throw usage('inherit', `invalid property '${property}'`)
  if (readOnly.includes(property)) throw new ZfsError(`${property} property is read-only`)
  for (const name of names) {
    if (name.includes('@')) delete needSnapshot(pool, name).snapshot.properties[property]
    else needDataset(pool, name)
    const all = flags.has('r') ? withDescendants(pool, name) : withDescendants(pool, name).slice(0, 1)
    for (const dataset of all) change(host, pool, dataset, property, undefined)
  }
}

/** Sets or takes away one property; datasets whose mountpoint changes with it move. */
function change(host: Host, pool: Pool, dataset: Dataset, property: string, value: string | undefined): void {
  if (property === 'mountpoint') return changeMountpoint(host, pool, dataset, value)
  if (property === 'canmount' && value === 'off') return remount(host, pool, [dataset], () => put(dataset, property, value))
  put(dataset, property, value)
  const isWanted = property === 'canmount' && value !== 'noauto' && dataset.mountedAt === undefined
  if (isWanted && whyNotMountable(host, pool, dataset) === undefined) mountDataset(host, pool, dataset)
}

function put(dataset: Dataset, property: string, value: string | undefined): void {
  if (value === undefined) delete dataset.properties[property]
  else dataset.properties[property] = value
}

function changeMountpoint(host: Host, pool: Pool, dataset: Dataset, value: string | undefined): void {
  const all = withDescendants(pool, dataset.name)
  const before = all.map((each) => mountpointOf(host, pool, each).value)
  const old = dataset.properties['mountpoint']
  put(dataset, 'mountpoint', value)
  const changed = all.filter((each, index) => mountpointOf(host, pool, each).value !== before[index])
  put(dataset, 'mountpoint', old)
  // What had no place before gets one now.
  const fresh = changed.filter((each) => {
    const index = all.indexOf(each)
    return !before[index]?.startsWith('/') && each.properties['canmount'] !== 'noauto'
  })
  remount(host, pool, changed, () => put(dataset, 'mountpoint', value), { fresh })
}

/** Unmounts what is mounted, makes a change, and mounts all of it again where it then belongs. */
export function remount(
  host: Host,
  pool: Pool,
  datasets: Dataset[],
  work: () => void,
  { force = false, fresh = [] }: { force?: boolean; fresh?: Dataset[] } = {},
): void {
  const mounted = datasets.filter(({ mountedAt }) => mountedAt !== undefined)
  for (const dataset of mounted) mustNotBeBusy(host, pool, dataset, mounted, force)
  const left = mounted.filter((dataset) => dataset.properties['mountpoint'] === undefined).map(({ mountedAt }) => mountedAt)
  for (const dataset of mounted.toReversed()) unmountDataset(host, dataset)
  work()
  for (const place of left.toReversed()) removeEmpty(place)
  for (const dataset of [...mounted, ...fresh]) if (whyNotMountable(host, pool, dataset) === undefined) mountDataset(host, pool, dataset)
}
