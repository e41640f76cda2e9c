import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { packArchive } from './archive-file.ts'
import { fail } from './failure.ts'
import { parseOptions } from './options.ts'
import { orderedFiles } from './order.ts'
import { needRecord, type JailRecord } from './record.ts'
import { run } from './run.ts'
import type { EzjailSettings } from './settings.ts'
import { systemWords } from './system.ts'
import { usage } from './usage.ts'

/** A running jail without -f is only warned of, and the exit code stays 0. */
export async function archive(host: Host, settings: EzjailSettings, call: Call): Promise<number> {
  const options = parseOptions(call.args, 'Af', 'ad', usage.archive)
  const { operands } = options
  const name = options.value('a')
  const folder = options.value('d') || settings.archives
  const isAll = options.has('A')
  if (operands.length === 0 && !isAll) fail(usage.archive)
  if (name === '-') refuse('ezjail-admin', 'an archive to standard output is not imitated here')
  if ((await run(host, call, 'mkdir', ['-p', folder])) !== 0) fail(`Error: Can not create archive directory ${folder}.`)
  if (name !== '' && (isAll || operands.length > 1))
    fail('Error: Must not specify an archive location for multiple archives.\n  Can not archive multiple jails into one archive.')
  if (isAll && operands.length > 0) fail(bothText(operands))
  for (const jail of isAll ? orderedFiles(host) : operands) {
    const record = needRecord(host, jail.replace(/\.norun$/, ''))
    if (record.jid !== undefined && !options.has('f')) call.out(runningText(record.name))
    else await pack(host, record, name, folder, call)
  }
  return 0
}

function bothText(names: string[]): string {
  const hint = `Please use either 'ezjail-admin archive -A' or 'ezjail-admin archive ${names.join(' ')}'.`
  return `Error: Must not specify an ezjail to backup with -A.\n  ${hint}`
}

function runningText(name: string): string {
  const hint = `Stop it first, or use 'ezjail-admin archive -f ${name}' to force archiving.`
  return `Warning: Jail ${name} appears to be still running.\n  ${hint}\n`
}

async function pack(host: Host, record: JailRecord, name: string, folder: string, call: Call): Promise<void> {
  const dated = `${record.safeName}-${stamp(new Date())}`
  const asked = name || `${dated}.tar.gz`
  const place = asked.startsWith('/') ? asked : `${folder}/${asked}`
  const file = /\.(tar\.gz|tgz)$/.test(place) ? place : `${place}.tar.gz`
  const code = await packArchive(host, record, file, [dated, ...systemWords(host)].join('-'), call)
  if (code !== 0) {
    const what = `Archiving jail ${record.name} was not completely successful.`
    call.out(`Warning: ${what} For a running jail this is not unusual.\n`)
  }
}

/** `date +%Y%m%d%H%M.%S` */
function stamp(now: Date): string {
  const digits = now.toISOString().replaceAll(/[^0-9]/g, '')
  return `${digits.slice(0, 12)}.${digits.slice(12, 14)}`
}
