import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { wordsOf } from '../words.ts'
import { oneOperand, readWords } from './click.ts'
import { activeProperty, iocRoot, poolDataset } from './jails.ts'
import { fail, info, run, zfs } from './speech.ts'

/** iocage activate. */
export async function activate(host: Host, call: Call, args: string[]): Promise<void> {
  const pool = await needPool(host, call, args, 'activate')
  await zfs(host, call, 'set', `${activeProperty}=yes`, pool)
  info(call, `ZFS pool '${pool}' successfully activated.`)
}

/** iocage deactivate. */
export async function deactivate(host: Host, call: Call, args: string[]): Promise<void> {
  const pool = await needPool(host, call, args, 'deactivate')
  await zfs(host, call, 'set', `${activeProperty}=no`, pool)
  info(call, `ZFS pool '${pool}' successfully deactivated.`)
}

async function needPool(host: Host, call: Call, args: string[], command: string): Promise<string> {
  const pool = oneOperand(command, '[OPTIONS] ZPOOL', readWords(command, args, { usage: '[OPTIONS] ZPOOL' }), 'ZPOOL')
  const ran = await run(host, call, 'zpool', ['list', '-H', '-o', 'name', pool])
  return ran.code === 0 ? pool : fail(`ZFS pool '${pool}' not found!`)
}

const datasets = wordsOf('download images jails log releases templates')

/** What iocage looks for before every command, and makes when it is missing. */
export async function makeMissingDatasets(host: Host, call: Call): Promise<void> {
  const { out } = await run(host, call, 'zfs', ['list', '-H', '-o', 'name', '-d', '1', poolDataset])
  const there = new Set(out.split('\n'))
  if (!there.has(poolDataset)) {
    info(call, `Creating ${poolDataset}`)
    await zfs(host, call, 'create', '-o', 'compression=lz4', '-o', 'aclmode=passthrough', '-o', `mountpoint=${iocRoot(host)}`, poolDataset)
  }
  for (const name of datasets) {
    if (there.has(`${poolDataset}/${name}`)) continue
    info(call, `Creating ${poolDataset}/${name}`)
    await zfs(host, call, 'create', '-o', 'compression=lz4', join(poolDataset, name))
  }
}
