import { lstatSync } from 'node:fs'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { beforeCommand, readForService, splitCommand, type RcContext } from '../service/rc.ts'
import { startJails, stopJails } from './jail-script.ts'
import { orderedFiles } from './order.ts'
import { findRecord, isNoRun, safeNameOf, type JailRecord } from './record.ts'

/** /usr/local/etc/rc.d/ezjail: reports 0, whatever became of the jails. */
export async function ezjailService(host: Host, context: RcContext, names: string[], call: Call): Promise<number> {
  const ended = beforeCommand('ezjail', '', context, call)
  if (ended !== undefined) return ended
  const { command } = context
  if (!['start', 'stop', 'restart'].includes(command)) return refuse('ezjail', `${command} is not imitated here`)
  const jails = chooseJails(host, command, names, call)
  if (jails.length === 0) return 0
  if (command !== 'start') await stopJails(host, jails, call)
  if (command !== 'stop') await startJails(host, jails, call)
  return 0
}

/** How ezjail-admin calls it. */
export async function callService(host: Host, word: string, names: string[], call: Call): Promise<void> {
  const files = ['/etc/rc.conf', '/etc/rc.conf.local', '/etc/rc.conf.d/ezjail', '/usr/local/etc/rc.conf.d/ezjail']
  const rcFiles = files.map((shown) => ({ real: toReal(host.paths, shown), shown }))
  const values = readForService(rcFiles, call)
  if (values !== undefined) await ezjailService(host, { values, ...splitCommand(word) }, names, call)
}

/** Jails that were named, or all. A `.norun` jail is left out of both, also when it is to be stopped. */
function chooseJails(host: Host, command: string, names: string[], call: Call): JailRecord[] {
  const isAll = names.length === 0
  const files = orderedFiles(host).map((file) => file.replace(/\.norun$/, ''))
  const wanted = isAll ? (command === 'stop' ? files.toReversed() : files) : names.map(safeNameOf)
  if (isAll && command !== 'restart') call.out(' ezjail')
  return wanted.flatMap((name) => {
    const record = findRecord(host, name)
    const root = record?.values.get('rootdir') ?? ''
    if (record === undefined) call.out(` Warning: Jail ${name} not found.\n`)
    else if (isNoRun(record.file)) call.out(` skipping ${name}`)
    else if (!isFolder(toReal(host.paths, root))) call.out(` Warning: root directory ${root} of ${name} does not exist.\n`)
    else if (isAll && command === 'start' && isBlocking(record)) call.out(` ...skipping blocking jail ${name}`)
    else return [mustBeImitated(record)]
    return []
  })
}

function isBlocking({ values }: JailRecord): boolean {
  return values.get('attachblocking') !== '' || values.get('forceblocking') !== ''
}

function mustBeImitated(record: JailRecord): JailRecord {
  for (const name of ['image', 'zfs_datasets', 'cpuset', 'post_start_script'])
    if (record.values.get(name) !== '') refuse('ezjail', `${name} of ${record.name} is not imitated here`)
  return record
}

function isFolder(real: string): boolean {
  return lstatSync(real, { throwIfNoEntry: false })?.isDirectory() === true
}
