import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { mountDataset, whyNotMountable } from './mounts.ts'
import { checkNewName, checkParent, missingParents } from './names.ts'
import { needOperands, parseOptions, readSettings } from './options.ts'
import { findDataset, keptFolder, needSnapshot, newDataset, type Dataset, type Pool } from './pool.ts'
import { checkSettings } from './settings.ts'
import { copyTree } from './tree.ts'

/** zfs create. */
export function create(host: Host, pool: Pool, args: string[]): void {
  const options = parseOptions('create', args, 'puo:V:b:s')
  const { flags } = options
  for (const letter of ['V', 'b', 's']) if (flags.has(letter)) refuse('zfs', 'volumes are not imitated here')
  const [name = ''] = needOperands('create', options.operands, 'filesystem')
  const doing = `cannot create '${name}'`
  const settings = checkSettings(readSettings('create', options.values('o')), doing)
  // With -p what is there already is a success.
  if (flags.has('p') && findDataset(pool, name) !== undefined) return
  checkNewName(pool, name, doing)
  if (flags.has('p')) for (const parent of missingParents(pool, name)) mountIfWanted(host, pool, newDataset(pool, parent))
  checkParent(pool, name)
  const dataset = newDataset(pool, name, settings)
  if (!flags.has('u')) mountIfWanted(host, pool, dataset)
}

/** zfs clone. */
export function clone(host: Host, pool: Pool, args: string[]): void {
  const options = parseOptions('clone', args, 'puo:')
  const [from = '', name = ''] = needOperands('clone', options.operands, 'source dataset', 'target dataset')
  const { flags } = options
  const { snapshot } = needSnapshot(pool, from)
  const doing = `cannot create '${name}'`
  const settings = checkSettings(readSettings('clone', options.values('o')), doing)
  if (flags.has('p') && findDataset(pool, name) !== undefined) return
  checkNewName(pool, name, doing)
  if (flags.has('p')) for (const parent of missingParents(pool, name)) mountIfWanted(host, pool, newDataset(pool, parent))
  checkParent(pool, name)
  const dataset = newDataset(pool, name, settings)
  dataset.origin = snapshot.guid
  const kept = keptFolder(host.paths, 'unmounted', dataset.guid)
  mkdirSync(dirname(kept), { recursive: true })
  copyTree(keptFolder(host.paths, 'snapshots', snapshot.guid), kept)
  if (!flags.has('u')) mountIfWanted(host, pool, dataset)
}

export function mountIfWanted(host: Host, pool: Pool, dataset: Dataset): void {
  if (dataset.properties['canmount'] !== 'noauto' && whyNotMountable(host, pool, dataset) === undefined) mountDataset(host, pool, dataset)
}
