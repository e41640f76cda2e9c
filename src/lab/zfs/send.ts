import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { mountIfWanted } from './create.ts'
import { mustNotBeBusy } from './mounts.ts'
import { checkNewName } from './names.ts'
import { needOperands, parseOptions, readSettings } from './options.ts'
import {
  findDataset,
  keptFolder,
  needSnapshot,
  newDataset,
  now,
  parentName,
  withDescendants,
  ZfsError,
  type Dataset,
  type Pool,
} from './pool.ts'
import { checkSettings } from './settings.ts'
import { restore } from './snapshots.ts'
import { decodeStream, encodeStream, readEntries, writeEntries, type Stream } from './stream.ts'

/** zfs send: one snapshot, or with -R all up to it and all below. */
export function send(host: Host, pool: Pool, call: Call, args: string[]): void {
  const { flags, operands } = parseOptions('send', args, 'RpceLwDi:I:nvPVt:')
  for (const letter of ['i', 'I', 'n', 'v', 'P', 'V', 't', 'D'])
    if (flags.has(letter)) refuse('zfs', `send -${letter} is not imitated here`)
  const [full = ''] = needOperands('send', operands, 'snapshot')
  if (!full.includes('@')) refuse('zfs', 'send of what is no snapshot is not imitated here')
  const { dataset, snapshot } = needSnapshot(pool, full)
  const datasets = flags.has('R')
    ? withDescendants(pool, dataset.name).filter((each) => each.snapshots.some(({ tag }) => tag === snapshot.tag))
    : [dataset]
  const stream: Stream = datasets.map((each) => {
    const last = each.snapshots.findIndex(({ tag }) => tag === snapshot.tag)
    return {
      name: each.name.slice(dataset.name.length),
      properties: flags.has('R') || flags.has('p') ? each.properties : {},
      snapshots: each.snapshots
        .slice(flags.has('R') ? 0 : last, last + 1)
        .map(({ tag, guid }) => ({ tag, guid, entries: readEntries(keptFolder(host.paths, 'snapshots', guid)) })),
    }
  })
  call.out(encodeStream(stream))
}

const newDoing = 'cannot receive new filesystem stream'

/** zfs receive. */
export function receive(host: Host, pool: Pool, args: string[], input: Buffer): void {
  const options = parseOptions('receive', args, 'uFo:x:vMnsdeh')
  const { flags } = options
  for (const letter of ['x', 'v', 'M', 'n', 's', 'd', 'e', 'h'])
    if (flags.has(letter)) refuse('zfs', `receive -${letter} is not imitated here`)
  const [given = ''] = needOperands('receive', options.operands, 'snapshot')
  if (input.length === 0) throw new ZfsError('cannot receive: failed to read from stream')
  const stream = decodeStream(input)
  if (stream === undefined) throw new ZfsError('cannot receive: invalid stream (bad magic number)')
  const [name = '', tag] = given.split('@')
  const settings = checkSettings(readSettings('receive', options.values('o')), 'cannot receive')
  if (findDataset(pool, parentName(name)) === undefined && findDataset(pool, name) === undefined)
    throw new ZfsError(`cannot open '${parentName(name)}': dataset does not exist\n${newDoing}: unable to restore to destination`)
  makeRoom(host, pool, name, flags.has('F'))
  for (const part of stream) {
    const dataset = findDataset(pool, name + part.name) ?? newDataset(pool, name + part.name)
    Object.assign(dataset.properties, part.properties, part.name === '' ? settings : {})
    for (const each of part.snapshots)
      keep(host, pool, dataset, { ...each, tag: stream.length === 1 && tag !== undefined ? tag : each.tag })
    fill(host, pool, dataset)
    if (!flags.has('u') && dataset.mountedAt === undefined) mountIfWanted(host, pool, dataset)
  }
}

/** Without -F nothing may be there; with it, only a dataset that has no snapshots. */
function makeRoom(host: Host, pool: Pool, name: string, force: boolean): void {
  const there = findDataset(pool, name)
  if (there === undefined) return checkNewName(pool, name, newDoing)
  if (!force) throw new ZfsError(`${newDoing}: destination '${name}' exists\nmust specify -F to overwrite it`)
  const [snapshot] = there.snapshots
  if (snapshot !== undefined)
    throw new ZfsError(`${newDoing}: destination has snapshots (eg. ${name}@${snapshot.tag})\nmust destroy them to overwrite it`)
  // What lies below by name stays.
  mustNotBeBusy(host, pool, there, withDescendants(pool, name), false)
}

function keep(host: Host, pool: Pool, dataset: Dataset, sent: Stream[number]['snapshots'][number]): void {
  // A copy of a snapshot has its guid; within one pool the lab needs them apart.
  const guid = pool.datasets.some((each) => each.snapshots.some((one) => one.guid === sent.guid))
    ? `${sent.guid}0${pool.nextTxg}`
    : sent.guid
  writeEntries(keptFolder(host.paths, 'snapshots', guid), sent.entries)
  dataset.snapshots.push({ tag: sent.tag, guid, creation: now(), txg: pool.nextTxg++, properties: {} })
}

function fill(host: Host, pool: Pool, dataset: Dataset): void {
  const last = dataset.snapshots.at(-1)
  if (last === undefined) return
  if (dataset.mountedAt === undefined) mkdirSync(dirname(keptFolder(host.paths, 'unmounted', dataset.guid)), { recursive: true })
  restore(host, pool, dataset, last.guid)
}
