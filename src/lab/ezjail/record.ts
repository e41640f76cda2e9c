import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { wordsOf } from '../words.ts'
import { fail } from './failure.ts'
import { configFolder, readShell } from './settings.ts'

/** A jail as its control file tells it. */
export interface JailRecord {
  /** As asked for. */
  name: string
  /** As files, variables and the kernel know it. */
  safeName: string
  /** /usr/local/etc/ezjail/NAME or NAME.norun, as printed. */
  file: string
  values: Map<string, string>
  /** Of the jail with the number that was written down when rc.d/jail started it, whichever jail that is by now. */
  jid: number | undefined
}

/** In the order in which writejailinfo() writes them. */
const variables = wordsOf(`
  hostname ip rootdir exec_start exec_stop mount_enable devfs_enable devfs_ruleset procfs_enable fdescfs_enable image imagetype
  attachparams attachblocking forceblocking zfs_datasets cpuset fib parentzfs parameters post_start_script retention_policy
`)

const freshComment = `# To specify the start up order of your ezjails, use these lines to
# create a Jail dependency tree. See rcorder(8) for more details.
#
# PROVIDE: standard_ezjail
# REQUIRE: 
# BEFORE: 
#
`

export function safeNameOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '_')
}

/** fetchjailinfo(): undefined when there is no control file; a `.norun` one goes before the other. */
export function findRecord(host: Host, name: string): JailRecord | undefined {
  const safeName = safeNameOf(name)
  const files = [`${configFolder}/${safeName}.norun`, `${configFolder}/${safeName}`]
  const file = files.find((path) => existsSync(toReal(host.paths, path)))
  return file === undefined ? undefined : readRecord(host, name, file)
}

export function needRecord(host: Host, name: string): JailRecord {
  return findRecord(host, name) ?? fail(`Error: Nothing known about jail ${name}.`)
}

export function readRecord(host: Host, name: string, file: string): JailRecord {
  const safeName = safeNameOf(name)
  const read = readShell(readFileSync(toReal(host.paths, file), 'utf8'), file)
  const values = new Map(variables.map((variable) => [variable, read.get(`jail_${safeName}_${variable}`) ?? '']))
  const oldStart = read.get(`jail_${safeName}_exec`) ?? ''
  if (values.get('exec_start') === '') values.set('exec_start', oldStart)
  return { name, safeName, file, values, jid: runningJid(host, safeName) }
}

export function idFile(safeName: string): string {
  return `/var/run/jail_${safeName}.id`
}

function runningJid(host: Host, safeName: string): number | undefined {
  const real = toReal(host.paths, idFile(safeName))
  const jid = existsSync(real) ? Number(readFileSync(real, 'utf8')) : undefined
  return host.jails.some((jail) => jail.jid === jid) ? jid : undefined
}

export function isNoRun(file: string): boolean {
  return file.endsWith('.norun')
}

/** writejailinfo(): the comments, which rcorder(8) reads, come from another control file where there is one. */
export function writeRecord(host: Host, { safeName, values, file }: Omit<JailRecord, 'name' | 'jid'>, commentsFrom?: string): void {
  const lines = variables.map((variable) => `export jail_${safeName}_${variable}="${values.get(variable) ?? ''}"\n`)
  const comment = commentsFrom === undefined ? freshComment : commentsOf(readFileSync(toReal(host.paths, commentsFrom), 'utf8'))
  writeFileSync(toWritable(host.paths, 'ezjail-admin', file, '/'), `${comment}\n${lines.join('')}`)
}

function commentsOf(text: string): string {
  const lines = text.split('\n').filter((line) => line.startsWith('#'))
  return lines.map((line) => `${line}\n`).join('')
}
