import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { now } from './basejail.ts'
import { readWords, usageError } from './click.ts'
import { iocRoot, needJail, runningJail, type Jail } from './jails.ts'
import { fail, info, run, warn } from './speech.ts'
import { drawTable } from './table.ts'

const usage = '[OPTIONS] JAIL [FSTAB_STRING]...'
const flags = {
  '-a': 'add',
  '--add': 'add',
  '-r': 'remove',
  '--remove': 'remove',
  '-e': 'edit',
  '--edit': 'edit',
  '-l': 'list',
  '--list': 'list',
  '-h': 'tabs',
  '-H': 'tabs',
  '--header': 'tabs',
}

/** iocage fstab: the destination is a path in the jail. */
export async function fstab(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('fstab', args, { flags, values: { '-R': 'replace', '--replace': 'replace' }, usage })
  const [wanted, ...given] = words.operands
  if (wanted === undefined) throw usageError('fstab', usage, "Missing argument 'JAIL'.")
  if (words.flags.has('edit') || words.value('replace') !== undefined) refuse('iocage', 'fstab -e and -R are not imitated here')
  const isList = words.flags.has('list')
  if (given.length === 0 && !isList) fail('Please supply an fstab entry or jail!')
  const jail = await needJail(host, call, wanted)
  if (isList) return show(call, jail, words.flags.has('tabs'))
  const entry = readEntry(given)
  if (words.flags.has('add')) return add(host, call, jail, entry)
  if (words.flags.has('remove')) return remove(host, call, jail, entry)
  return fail('Type of operation not specified!')
}

type Entry = { fields: string[] } | { index: number }

function readEntry(given: string[]): Entry {
  const fields = given.length === 1 ? (given[0] ?? '').split(/\s+/) : given
  if (fields.length === 6) return { fields }
  if (given.length > 1) return fail('Please specify a valid fstab entry!\n\nExample:\n  /the/source /dest FSTYPE FSOPTIONS FSDUMP FSPASS')
  const [only = ''] = given
  return /^[0-9]+$/.test(only) ? { index: Number(only) } : { fields: [only, only, 'nullfs', 'ro', '0', '0'] }
}

function linesOf(jail: Jail): string[] {
  const file = join(jail.folder, 'fstab')
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
    : []
}

function write(jail: Jail, lines: string[]): void {
  writeFileSync(join(jail.folder, 'fstab'), lines.map((line) => `${line}\n`).join(''))
}

/** What iocage reads back has lost its comments. */
function bare(line: string): string {
  return line.replace(/\s*#.*$/, '')
}

function show(call: Call, jail: Jail, tabs: boolean): void {
  const rows = linesOf(jail).map((line, index) => [String(index), bare(line)])
  if (!tabs) return info(call, drawTable(['INDEX', 'FSTAB ENTRY'], rows))
  for (const [index = '', line = ''] of rows) info(call, `${index}\t${line.split(/\s+/).join('\t')}`)
  return undefined
}

async function add(host: Host, call: Call, jail: Jail, entry: Entry): Promise<void> {
  if ('index' in entry) return fail('Please supply an fstab entry or jail!')
  const [source = '', inside = '', type = '', options = '', dump = '', pass = ''] = entry.fields
  const root = `${iocRoot(host)}/jails/${jail.name}/root`
  const target = `${root}${inside}`
  if (target.length > 88) warn(call, "The destination's mountpoint exceeds 88 characters, this may cause failure!")
  const lines = linesOf(jail).map(bare)
  const wrong = []
  if (lines.some((line) => line.split('\t')[1] === target && line.split('\t')[0] === source))
    wrong.push(`Destination: ${target} already exists!`)
  if (!isFolder(target)) wrong.push(`Destination: ${target} does not exist or is not a directory.`)
  if (type === 'nullfs' && !isFolder(toReal(host.paths, source))) wrong.push(`Source: ${source} does not exist!`)
  if (type === 'nullfs' && !source.startsWith('/')) wrong.push(`Source: ${source} must use an absolute path!`)
  for (const [name, value] of [['Dump', dump] as const, ['Pass', pass] as const])
    if (!/^[0-9]$/.test(value)) wrong.push(`${name}: ${value} must be a digit!`)
  if (wrong.length > 0) fail(wrong.join('\n'))
  write(jail, [...lines, `${[source, target, type, options, dump, pass].join('\t')} # Added by iocage on ${now()}`])
  info(call, `Successfully added mount to ${jail.name}'s fstab`)
  if (runningJail(host, jail.name) === undefined) return
  const ran = await run(host, call, 'mount', ['-t', type, '-o', options, source, target])
  if (ran.err !== '') warn(call, `Mounting entry failed: ${ran.err}`)
}

async function remove(host: Host, call: Call, jail: Jail, entry: Entry): Promise<void> {
  const lines = linesOf(jail).map(bare)
  const root = `${iocRoot(host)}/jails/${jail.name}/root`
  const wanted = 'index' in entry ? '' : entry.fields.map((field, at) => (at === 1 ? `${root}${field}` : field)).join('\t')
  const at = 'index' in entry ? entry.index : lines.indexOf(wanted)
  const found = lines[at]
  if (found === undefined) return fail('No matching fstab entry.')
  write(
    jail,
    lines.filter((_, index) => index !== at),
  )
  info(call, `Successfully removed mount from ${jail.name}'s fstab`)
  if (runningJail(host, jail.name) === undefined) return
  const ran = await run(host, call, 'umount', ['-f', found.split('\t')[1] ?? ''])
  if (ran.err !== '') warn(call, `Unmounting entry failed: ${ran.err}`)
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
