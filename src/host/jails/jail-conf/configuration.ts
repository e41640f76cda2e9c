import { JailopsError } from '../../../core/errors.ts'
import type { Layout } from '../../../core/layout.ts'
import { jailName } from '../../../core/names.ts'

/** The first line of a jail.conf.d file of ours says so: that, and nothing else, makes a jail ours. */
const marker = '# jailops'

export function isOurs(text: string): boolean {
  return text.startsWith(`${marker} `)
}

export function configurationFile(layout: Layout, name: string): string {
  return `${layout.jailConfFolder}/${name}.conf`
}

export function rootOf(layout: Layout, name: string): string {
  return `${layout.jailRoots}/${name}`
}

/** The whole NAME.conf. Nothing in it is inherited from jail.conf, since `jail -f NAME.conf` does not read that. */
export function jailConfiguration(layout: Layout, { name, address }: { name: string; address: string }): string {
  return `${marker} made this file and writes it anew as a whole; keep your own jails in other files
${plainName(name)} {
  path = "${plainValue(rootOf(layout, name))}";
  host.hostname = "${plainName(name)}";
  ip4.addr = "${plainValue(`${layout.interface}|${address}/32`)}";
  mount.devfs;
  exec.clean;
  exec.start = "/bin/sh /etc/rc";
  exec.stop = "/bin/sh /etc/rc.shutdown jail";
  persist;
}
`
}

/**
 * A value as it may stand between double quotes in jail.conf. Whatever jail(8), or the shell that some parameters are handed to, could
 * read as syntax is refused, not escaped.
 */
export function plainValue(value: string): string {
  if (/^[A-Za-z0-9._:/|@+-]+$/.test(value)) return value
  throw new JailopsError('bad_argument', `${JSON.stringify(value)} cannot be written safely into jail.conf.`)
}

function plainName(name: string): string {
  const result = jailName.safeParse(name)
  if (result.success) return result.data
  throw new JailopsError(
    'bad_argument',
    `${JSON.stringify(name)} is no name for a jail: ${result.error.issues[0]?.message ?? 'not valid'}.`,
  )
}
