import { JailopsError } from '../../../core/errors.ts'
import type { Jail, JailMount } from '../../../core/jail.ts'
import { type JailFile, jailConfiguration } from './jail-file.ts'
import { emptyRecord, readRecord } from './record.ts'
import { settingOfWord } from './settings.ts'

/**
 * A file exactly as jailConfiguration writes it; undefined for anything else, be it one blank more. So nothing that somebody wrote there is
 * lost when it is written anew, and jail(8) need not be asked what it means.
 */
export function readJailFile(text: string): { file: JailFile; parameters: Map<string, string> } | undefined {
  const [, name, body] = /^#[^\n]*\n([a-z][a-z0-9-]*) \{\n([^{}]*)\}\n$/.exec(text) ?? []
  const parameters = readLines(body ?? '')
  const file = name === undefined || parameters === undefined ? undefined : fileOf(name, parameters)
  if (file === undefined || parameters === undefined) return undefined
  return [true, false].some((hasMeta) => isWritten(file, hasMeta, text)) ? { file, parameters } : undefined
}

/**
 * The file of a jail, from what was observed of it. @throws config_invalid for one that somebody else wrote or changed: what they wrote
 * would be lost
 */
export function jailFileOf(jail: Jail): JailFile {
  const parameters = new Map(Object.entries(jail.properties))
  // jail(8), which read the file where we could not, names each jail by a parameter of its own
  const file = parameters.has('name') ? undefined : fileOf(jail.name, parameters)
  if (file !== undefined) return file
  throw new JailopsError(
    'config_invalid',
    `${jail.configuration ?? `The file of ${jail.name}`} was not written by jailops as it is now, and writing it anew would lose what somebody put there. ` +
      'Change it there by hand (and check it by `jail -f FILE -e "|"`), or bring back what jailops wrote.',
  )
}

/** What observation keeps as the jail's properties, so that its file can be written anew: the parameters in the file's own words. */
export function propertiesOf(file: JailFile): Record<string, string> {
  return Object.fromEntries(readJailFile(jailConfiguration(file, true))?.parameters ?? [])
}

function isWritten(file: JailFile, hasMeta: boolean, text: string): boolean {
  try {
    return jailConfiguration(file, hasMeta) === text
  } catch (error) {
    // what could not be written was not written by us
    if (error instanceof JailopsError && error.code === 'bad_argument') return false
    throw error
  }
}

/** Several values of one parameter: one a line, addresses with a comma between them as jail(8) shows them. */
function readLines(body: string): Map<string, string> | undefined {
  const parameters = new Map<string, string>()
  for (const line of body.split('\n').slice(0, -1)) {
    const [, word, sign, value = ''] = /^ {2}(?:# )?([a-z0-9_.]+)(?: (=|\+=) ("[^"\n]*"(?:, "[^"\n]*")*))?;$/.exec(line) ?? []
    if (word === undefined) return undefined
    const values = value.replaceAll('"', '').replaceAll(', ', ',')
    const before = parameters.get(word)
    parameters.set(word, sign === '+=' && before !== undefined ? `${before}\n${values}` : values)
  }
  return parameters
}

/** undefined where something is missing that every file of ours has. */
function fileOf(name: string, parameters: ReadonlyMap<string, string>): JailFile | undefined {
  const root = parameters.get('path')
  const hostname = parameters.get('host.hostname')
  const network = networkOf(parameters)
  const record = readRecord(parameters.get('meta.jailops') ?? '')
  const consoleLog = parameters.get('exec.consolelog')
  const mounts = linesOf(parameters.get('mount')).map((line) => mountOf(root ?? '', line))
  if (root === undefined || hostname === undefined || network === undefined || record === undefined) return undefined
  if (mounts.includes(undefined)) return undefined
  const settings = [...parameters]
    .filter(([word]) => word !== 'host.hostname')
    .flatMap(([word, value]) => listOf(settingOfWord(word, value)))
  return {
    name,
    root,
    hostname,
    network,
    ...(consoleLog !== undefined && { consoleLog }),
    settings: Object.fromEntries(settings),
    mounts: mounts.filter((mount) => mount !== undefined),
    record: { ...emptyRecord, ...record },
  }
}

function networkOf(parameters: ReadonlyMap<string, string>): JailFile['network'] | undefined {
  if (!parameters.has('vnet'))
    return { kind: 'shared', addresses: (parameters.get('ip4.addr') ?? '').split(',').filter((one) => one !== '') }
  const epair = /^epair([0-9]{1,5})b$/.exec(parameters.get('vnet.interface') ?? '')?.[1]
  const bridge = / ([a-z0-9]+) addm /.exec(parameters.get('exec.prestart') ?? '')?.[1]
  const address = / inet ([0-9./]+) up$/m.exec(parameters.get('exec.start') ?? '')?.[1]
  if (epair === undefined || bridge === undefined || address === undefined) return undefined
  return { kind: 'own', bridge, epair: Number(epair), address }
}

function mountOf(root: string, line: string): JailMount | undefined {
  const [, from, on, mode] = /^(\S+) (\S+) nullfs (ro|rw) 0 0$/.exec(line) ?? []
  if (from === undefined || on === undefined || !on.startsWith(`${root}/`)) return undefined
  return { from, on: on.slice(root.length), readOnly: mode === 'ro' }
}

function linesOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split('\n')
}

function listOf<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}
