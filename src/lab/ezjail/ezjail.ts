import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { archive } from './archive.ts'
import { config } from './config.ts'
import { openConsole } from './console.ts'
import { create } from './create.ts'
import { remove } from './delete.ts'
import { fail, isFailure } from './failure.ts'
import { install } from './install.ts'
import { list } from './list.ts'
import { startOrStop } from './power.ts'
import { needRecord } from './record.ts'
import { restore } from './restore.ts'
import { readSettings, type EzjailSettings } from './settings.ts'
import { orderedFiles } from './order.ts'
import { refuse } from '../refuse.ts'
import { update } from './update.ts'
import { usage } from './usage.ts'

type Subcommand = (host: Host, settings: EzjailSettings, call: Call) => number | Promise<number>

const subcommands: Record<string, Subcommand> = {
  archive,
  config,
  create,
  install,
  restore,
  update,
  setup: update,
  delete: remove,
  list: (host, _settings, call) => list(host, call),
  console: (host, _settings, call) => openConsole(host, call),
  snapshot: (host, _settings, call) => snapshot(host, call),
  freeze: (host, _settings, call) => freeze(host, call),
  troubleshoot: () => 0,
}

/** ezjail-admin(8) 3.4.2. */
export async function ezjailAdmin(host: Host, call: Call): Promise<number> {
  const [word = '', ...args] = call.args
  try {
    const subcommand = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined
    if (subcommand !== undefined) return await subcommand(host, readSettings(host), { ...call, args })
    return /(start|stop)(crypto)?$/.test(word) ? await startOrStop(host, word, args, call) : fail(usage.admin)
  } catch (error) {
    if (!isFailure(error)) throw error
    if (error.message !== '') call.err(`${error.message}\n`)
    return 1
  }
}

/** A jail that lies in no dataset is passed over: nothing is done, nothing is said, and the exit code is 0. */
function snapshot(host: Host, call: Call): number {
  const names = call.args.length > 0 ? call.args : orderedFiles(host)
  for (const name of names) {
    const { values } = needRecord(host, name.replace(/\.norun$/, ''))
    if (values.get('imagetype') === 'zfs' || values.get('zfs_datasets') !== '') refuse('ezjail-admin', 'a snapshot is not imitated here')
  }
  return 0
}

function freeze(host: Host, call: Call): number {
  const [name = '', flavour = '', ...more] = call.args
  if (flavour === '' || more.length > 0) fail(usage.freeze)
  const { values } = needRecord(host, name)
  if (values.get('imagetype') === 'zfs') refuse('ezjail-admin', 'freeze is not imitated here')
  return fail(`Error: Can only freeze zfs based jails into a flavour.\n  ${name} is not a zfs jail.`)
}
