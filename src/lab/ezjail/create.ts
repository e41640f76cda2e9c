import { existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { copyTree } from './copy.ts'
import { unpackArchive } from './archive-file.ts'
import { fail } from './failure.ts'
import { parseOptions, type Options } from './options.ts'
import { safeNameOf, writeRecord } from './record.ts'
import { run } from './run.ts'
import { configFolder, type EzjailSettings } from './settings.ts'
import { usage } from './usage.ts'

interface NewJail {
  name: string
  hostname: string
  safeName: string
  addresses: string
  root: string
  file: string
  exists: boolean
  archive: string
  flavours: string[]
}

export const reserved = ['basejail', 'newjail', 'fulljail', 'flavours', 'ezjailtemp', 'ezjail_archives']

/** What fails after the checks leaves what was made so far: a root directory that no control file knows. */
export async function create(host: Host, settings: EzjailSettings, call: Call): Promise<number> {
  const options = parseOptions(call.args, 'xbki', 'frscCaAz', usage.create)
  const jail = judge(host, settings, options, call)
  await run(host, call, 'mkdir', ['-p', configFolder])
  await fill(host, settings, jail, call)
  linkFromJails(host, settings, jail.root)
  writeFstab(host, settings, jail.safeName, jail.root)
  const values = new Map(settings.values)
  values.set('hostname', jail.hostname).set('ip', jail.addresses).set('rootdir', jail.root)
  values.set('forceblocking', options.has('b') ? 'YES' : '')
  const comments = options.value('A')
  writeRecord(host, { safeName: jail.safeName, file: jail.file, values }, comments === '' ? undefined : comments)
  for (const flavour of jail.exists ? [] : jail.flavours) await installFlavour(host, settings, flavour, jail, call)
  for (const address of jail.addresses.split(',')) warnOfAddress(host, address, call)
  return 0
}

function judge(host: Host, settings: EzjailSettings, options: Options, call: Call): NewJail {
  const [name = '', addresses = '', ...more] = options.operands
  if (name === '' || addresses === '' || more.length > 0) fail(usage.create)
  judgeType(settings, options)
  if (!existsSync(toReal(host.paths, settings.base)))
    fail("Error: base jail does not exist.\n  Please run 'ezjail-admin install' or 'ezjail-admin update' first.")
  if (!settings.jails.startsWith('/')) fail(`Error: Need an absolute path in ezjail_jaildir.\n  It is currently set to: ${settings.jails}.`)
  const hostname = name.replaceAll(/[/~]/g, '_')
  const safeName = safeNameOf(name)
  const file = `${configFolder}/${safeName}`
  if (reserved.includes(hostname)) fail(reservedText(hostname))
  if ([file, `${file}.norun`].some((path) => existsSync(toReal(host.paths, path)))) fail(takenText(file))
  const asked = options.value('r') || hostname
  const root = asked.startsWith('/') ? asked : `${settings.jails}/${asked}`
  const exists = options.has('x')
  const archive = options.value('a')
  if (!exists && !isFree(toReal(host.paths, root))) fail(notFreeText(root))
  const wanted = options.value('f') || (archive === '' && !exists ? (settings.values.get('default_flavour') ?? '') : '')
  const flavours = wanted.split(/\s+/).filter((word) => word !== '')
  const missing = flavours.find((flavour) => !existsSync(toReal(host.paths, `${settings.flavours}/${flavour}`)))
  if (missing !== undefined) fail(noFlavourText(`${settings.flavours}/${missing}`))
  if (archive !== '' && exists) fail(overExistingText(name))
  if (archive !== '' && flavours.length > 0) fail('Error: Cannot apply flavours to a jail being restored.')
  if (archive === '-') refuse('ezjail-admin', 'an archive from standard input is not imitated here')
  if (archive !== '' && !existsSync(toReal(host.paths, archive, call.cwd))) fail(`Error: No archive found at ${archive}.`)
  return { name, hostname, safeName, addresses, root, file, exists, archive, flavours }
}

/** Images and datasets are not imitated; what ezjail says before it gets to them is. */
function judgeType(settings: EzjailSettings, options: Options): void {
  const type = options.has('z') ? 'zfs' : options.value('c') || (options.has('i') ? 'simple' : '')
  if (type !== 'zfs' && type !== '' && !options.has('x') && !options.has('s')) fail('Error: Image jails need an image size.')
  const isZfs = type === 'zfs' || (type === '' && settings.values.get('use_zfs_for_jails') === 'YES')
  if (isZfs && (settings.values.get('jailzfs') ?? '') === '')
    fail('Error: The variable ezjail_jailzfs needs to point a zfs ezjail can work in.\n  Set it in your ezjail.conf.')
  if (isZfs) refuse('ezjail-admin', 'a jail in a dataset is not imitated here')
  if (type !== '' && !['simple', 'bde', 'eli'].includes(type)) fail(usage.create)
  if (type !== '') refuse('ezjail-admin', 'an image jail is not imitated here')
}

function reservedText(name: string): string {
  return `Error: Cannot name the jail ${name}.\n  ezjail needs the ${name} directory for its own administrative purposes.\n  Please rename the ezjail.`
}

function takenText(file: string): string {
  const why = "This can happen because ezjail converts non alphanumeric characters in jail names to '_'."
  return `Error: An ezjail config already exists at ${file}.\n  ${why}\n  Please rename the ezjail.`
}

function notFreeText(root: string): string {
  const hint = "Maybe you want to 'ezjail-admin create -x' an existing jail?"
  const what = `A file or a non empty directory already exists at the specified jail root ${root}.`
  return `Error: ${what}\n  ${hint}\n  Please specify another jail root with the -r switch.`
}

function noFlavourText(folder: string): string {
  return `Error: Flavour config directory ${folder} not found.\n  Refer to ezjail-admins man page for details on flavours.`
}

function overExistingText(name: string): string {
  return `Error: You can not restore an archive over an existing jail.\n  'ezjail-admin delete -w ${name}' the old version first.`
}

/** `ls -I`: a folder with nothing in it but dot files counts as empty. */
function isFree(real: string): boolean {
  if (!existsSync(real)) return true
  return statSync(real).isDirectory() && readdirSync(real).every((name) => name.startsWith('.'))
}

async function fill(host: Host, settings: EzjailSettings, jail: NewJail, call: Call): Promise<void> {
  if (jail.archive !== '') {
    await run(host, call, 'mkdir', ['-p', jail.root])
    if ((await unpackArchive(host, jail.archive, jail.root, call)) !== 0) fail(`Error: Could not extract archive from ${jail.archive}.`)
  } else if (!jail.exists) {
    await run(host, call, 'mkdir', ['-p', jail.root])
    if (!(await copyTree(host, settings.template, jail.root, call))) fail('Error: Could not copy template jail.')
  }
}

/** A root that lies elsewhere is linked to from where jails are looked for. */
function linkFromJails(host: Host, settings: EzjailSettings, root: string): void {
  if (root.startsWith(settings.jails)) return
  const link = `${settings.jails}/${basename(root)}`
  const isTaken = existsSync(toReal(host.paths, link))
  const free = isTaken ? `${link}.${randomBytes(3).toString('hex')}` : link
  symlinkSync(toReal(host.paths, root), toWritable(host.paths, 'ln', free, '/', { followLast: false }))
}

export function writeFstab(host: Host, settings: EzjailSettings, safeName: string, root: string): void {
  const place = toWritable(host.paths, 'ezjail-admin', `/etc/fstab.${safeName}`, '/')
  writeFileSync(place, `${settings.base} ${root}/basejail nullfs ro 0 0\n`)
}

async function installFlavour(host: Host, settings: EzjailSettings, flavour: string, jail: NewJail, call: Call): Promise<void> {
  const folder = `${settings.flavours}/${flavour}`
  if (existsSync(toReal(host.paths, `${folder}/ezjail.flavour`))) refuse('ezjail-admin', 'a flavour with a script is not imitated here')
  if (!(await copyTree(host, folder, jail.root, call))) call.out(`Warning: Could not fully install flavour ${flavour}.\n`)
}

/** jail(8) makes addresses with an interface itself; any other must be there. */
function warnOfAddress(host: Host, address: string, call: Call): void {
  if (address.includes('|') || address === '') return
  const isHere = host.interfaces.some(({ aliases }) => aliases.some((alias) => alias.address === address))
  if (!isHere) call.out(`Warning: IP ${address} not configured on a local interface.\n`)
}
