import { lstatSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { fail } from './failure.ts'
import { parseOptions } from './options.ts'
import { startOrStop } from './power.ts'
import { needRecord } from './record.ts'
import { run } from './run.ts'
import type { EzjailSettings } from './settings.ts'
import { usage } from './usage.ts'

/** Without -w only what ezjail knows of the jail goes; its files stay, and its name cannot be used again. */
export async function remove(host: Host, settings: EzjailSettings, call: Call): Promise<number> {
  const options = parseOptions(call.args, 'wf', '', usage.delete)
  const [name = '', ...more] = options.operands
  if (name === '' || more.length > 0) fail(usage.delete)
  const record = needRecord(host, name)
  if (record.jid !== undefined) {
    if (!options.has('f')) fail(runningText(name))
    // A jail that may not run is not stopped either, and what follows does not ask.
    await startOrStop(host, 'onestop', [name], call)
  }
  for (const path of [record.file, `/etc/fstab.${record.safeName}`]) remover(host, path)
  const root = record.values.get('rootdir') ?? ''
  const link = `${settings.jails}/${basename(root)}`
  if (lstatSync(toReal(host.paths, link), { throwIfNoEntry: false })?.isSymbolicLink()) remover(host, link)
  if (!options.has('w')) return 0
  await run(host, call, 'chflags', ['-R', 'noschg', root])
  await run(host, call, 'rm', ['-rf', root])
  return 0
}

function runningText(name: string): string {
  const hint = `'ezjail-admin stop ${name}' it first or use 'ezjail-admin delete -f ${name}' to force stop.`
  return `Error: Jail appears to be still running.\n  ${hint}`
}

function remover(host: Host, path: string): void {
  rmSync(toWritable(host.paths, 'ezjail-admin', path, '/', { followLast: false }), { force: true })
}
