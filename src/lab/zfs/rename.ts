import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { mountIfWanted } from './create.ts'
import { checkParent, mistakeInTag, missingParents, checkNewName } from './names.ts'
import { needOperands, parseOptions } from './options.ts'
import { needDataset, needSnapshot, newDataset, poolName, splitSnapshot, withDescendants, ZfsError, type Pool } from './pool.ts'
import { remount } from './settings.ts'

/** zfs rename. */
export function rename(host: Host, pool: Pool, args: string[]): void {
  const { flags, operands } = parseOptions('rename', args, 'pufr')
  const [from = '', to = ''] = needOperands('rename', operands, 'source dataset', 'target dataset')
  if (from.includes('@')) return renameSnapshot(pool, from, to, flags.has('r'))
  if (flags.has('r')) refuse('zfs', 'rename -r of a filesystem is not imitated here')
  const dataset = needDataset(pool, from)
  if (from === poolName) throw new ZfsError(`cannot rename to '${to}': datasets must be within same pool`)
  if (to.split('/')[0] !== poolName) throw new ZfsError(`cannot rename to '${to}': datasets must be within same pool`)
  if (to.startsWith(`${from}/`))
    throw new ZfsError(`cannot rename to '${to}': New dataset name cannot be a descendant of current dataset name`)
  checkNewName(pool, to, `cannot rename '${from}'`)
  if (flags.has('p')) for (const parent of missingParents(pool, to)) mountIfWanted(host, pool, newDataset(pool, parent))
  checkParent(pool, to)
  const moving = withDescendants(pool, dataset.name)
  const work = () => {
    for (const each of moving) each.name = `${to}${each.name.slice(from.length)}`
  }
  // With -u what is mounted stays where it is until it is next mounted.
  if (flags.has('u')) work()
  else remount(host, pool, moving, work, { force: flags.has('f') })
}

function renameSnapshot(pool: Pool, from: string, to: string, isRecursive: boolean): void {
  const { dataset, snapshot } = needSnapshot(pool, from)
  const { name, tag } = splitSnapshot(to.startsWith('@') ? `${dataset.name}${to}` : to)
  if (!to.includes('@')) throw new ZfsError(`cannot rename to '${to}': snapshot delimiter '@' is missing`)
  if (name !== dataset.name) throw new ZfsError(`cannot rename to '${to}': snapshots must be part of same dataset`)
  const wrong = mistakeInTag(tag)
  if (wrong !== undefined) throw new ZfsError(`cannot rename to '${to}': ${wrong}`)
  const datasets = isRecursive ? withDescendants(pool, name) : [dataset]
  const there = datasets.find((each) => each.snapshots.some((one) => one.tag === tag))
  if (there !== undefined) throw new ZfsError(`cannot rename '${there.name}@${snapshot.tag}': dataset already exists`)
  const old = snapshot.tag
  for (const each of datasets) for (const one of each.snapshots) if (one.tag === old) one.tag = tag
}
