import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { fail } from './failure.ts'
import { callService } from './rc.ts'
import { findRecord, isNoRun } from './record.ts'

/** `ezjail-admin start NAME…`, stop, restart, onestart, …: looks afterwards, but not at jails that may not run. */
export async function startOrStop(host: Host, word: string, names: string[], call: Call): Promise<number> {
  await callService(host, word, names, call)
  const shouldRun = word.includes('start')
  for (const name of names) {
    const record = findRecord(host, name)
    if (record !== undefined && isNoRun(record.file)) continue
    if ((record?.jid !== undefined) !== shouldRun) fail(`Error: Could not ${word} ${names.join(' ')}.\n  You need to ${word} it by hand.`)
  }
  return 0
}
