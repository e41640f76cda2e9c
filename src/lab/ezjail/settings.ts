import { existsSync, readFileSync } from 'node:fs'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { parseRcConf } from '../sysrc/rc-conf.ts'

/** What ezjail-admin knows before it looks at its arguments. Paths as they are printed. */
export interface EzjailSettings {
  jails: string
  template: string
  base: string
  /** Where install unpacks to. */
  full: string
  temporary: string
  flavours: string
  archives: string
  sourceTree: string
  /** ezjail_… as ezjail.conf has it, without the prefix. */
  values: Map<string, string>
}

export const configFolder = '/usr/local/etc/ezjail'
const configFile = '/usr/local/etc/ezjail.conf'

const defaults: [string, string][] = [
  ['mount_enable', 'YES'],
  ['devfs_enable', 'YES'],
  ['devfs_ruleset', 'devfsrules_jail'],
  ['procfs_enable', 'YES'],
  ['fdescfs_enable', 'YES'],
  ['exec_start', '/bin/sh /etc/rc'],
]

export function readSettings(host: Host): EzjailSettings {
  const real = toReal(host.paths, configFile)
  const read = readShell(existsSync(real) ? readFileSync(real, 'utf8') : '', configFile)
  const values = new Map(defaults)
  for (const [name, value] of read) if (name.startsWith('ezjail_')) values.set(name.slice('ezjail_'.length), value)
  const jails = values.get('jaildir') ?? '/usr/jails'
  const at = (name: string, folder: string) => values.get(name) ?? `${jails}/${folder}`
  return {
    jails,
    template: at('jailtemplate', 'newjail'),
    base: at('jailbase', 'basejail'),
    full: at('jailfull', 'fulljail'),
    temporary: at('jailtemp', 'ezjailtemp'),
    flavours: at('flavours_dir', 'flavours'),
    archives: at('archivedir', 'ezjail_archives'),
    sourceTree: values.get('sourcetree') ?? '/usr/src',
    values,
  }
}

/** A file that sh(1) would source; only assignments are imitated. */
export function readShell(text: string, shown: string): Map<string, string> {
  const read = parseRcConf(text.replaceAll(/^[ \t]*export[ \t]+(?=[A-Za-z_]\w*=)/gm, ''))
  if (read.kind === 'syntax' || read.commands.length > 0) return refuse('ezjail-admin', `${shown}: only assignments are imitated here`)
  return read.values
}
