import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { fail } from './failure.ts'
import { orderedFiles } from './order.ts'
import { findRecord, type JailRecord } from './record.ts'
import { usage } from './usage.ts'

const letters: Record<string, string> = { simple: 'I', bde: 'B', eli: 'E', zfs: 'Z' }

/** Columns are only padded: what is longer pushes the rest. Further addresses come on lines of their own, with their interface. */
export function list(host: Host, call: Call): number {
  if (call.args.length > 0) fail(usage.list)
  call.out(row('STA', 'JID', 'IP', 'Hostname', 'Root Directory'))
  call.out('--- ---- --------------- ------------------------------ ------------------------\n')
  for (const file of orderedFiles(host)) {
    const record = findRecord(host, file.replace(/\.norun$/, ''))
    if (record !== undefined) call.out(rows(record, file))
  }
  return 0
}

function rows({ jid, safeName, values }: JailRecord, file: string): string {
  const state = `${letters[values.get('imagetype') ?? ''] ?? 'D'}${jid === undefined ? 'S' : 'R'}${safeName === file ? '' : 'N'}`
  const shownJid = String(jid ?? 'N/A')
  const [first = '-', ...others] = (values.get('ip') ?? '').split(',').filter((address) => address !== '')
  const bare = first.slice(first.indexOf('|') + 1)
  return [
    row(state, shownJid, bare, values.get('hostname') ?? '', values.get('rootdir') ?? ''),
    ...others.map((address) => `    ${shownJid.padEnd(4)} ${address}\n`),
  ].join('')
}

function row(state: string, jid: string, address: string, hostname: string, root: string): string {
  return `${state.padEnd(3)} ${jid.padEnd(4)} ${address.padEnd(15)} ${hostname.padEnd(30)} ${root}\n`
}
