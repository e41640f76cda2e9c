import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { wordsOf } from '../words.ts'
import { exportJail, importJail } from './archives.ts'
import { readConf } from './conf.ts'
import { config } from './config.ts'
import { clone, rename } from './copies.ts'
import { create } from './create.ts'
import { destroy } from './destroy.ts'
import { inside } from './inside.ts'
import { limits } from './limits.ts'
import { list } from './list.ts'
import { mountIn, umountIn } from './mounts.ts'
import { bootstrap } from './releases.ts'
import type { Bastille } from './session.ts'
import { restart, start, stop } from './start-stop.ts'
import { tags } from './tags.ts'
import { update, upgrade, verify } from './updates.ts'
import { zfs } from './zfs.ts'

const scripts: Record<string, (bastille: Bastille, args: string[]) => Promise<number>> = {
  bootstrap,
  clone,
  config,
  create,
  destroy,
  export: exportJail,
  import: importJail,
  limits,
  list,
  mount: mountIn,
  rename,
  restart,
  start,
  stop,
  tags,
  umount: umountIn,
  update,
  upgrade,
  verify,
  zfs,
}

/** What would need a terminal, another firewall, or a program that the lab has not. */
const refused: Record<string, string> = {
  console: 'needs a terminal',
  edit: 'needs a terminal and an editor',
  top: 'needs a terminal',
  htop: 'needs a terminal',
  setup: 'rewrites /etc/pf.conf and turns pf on beside ipfw',
  rdr: 'knows pf only',
  template: 'runs whatever its Bastillefile says',
}

const others = new Set(wordsOf('convert cp etcupdate jcp migrate monitor network rcp'))

/** bastille 1.4.4. */
export async function bastille(host: Host, call: Call): Promise<number> {
  const [name, ...args] = call.args
  if (name === '-v' || name === '--version' || name === 'version') {
    call.out('1.4.4\n')
    return 0
  }
  const session: Bastille = { host, call, conf: readConf(host.paths) }
  if (name !== undefined && Object.hasOwn(scripts, name)) return (await scripts[name]?.(session, args)) ?? 1
  const code = name === undefined ? undefined : await inside(session, name, args)
  if (code !== undefined) return code
  if (name !== undefined && Object.hasOwn(refused, name)) refuse('bastille', `${name} ${refused[name]}: not imitated here`)
  if (name !== undefined && others.has(name)) refuse('bastille', `${name} is not imitated here`)
  call.out(help)
  return 1
}

const help = `Bastille is an open-source system for automating deployment and management of
containerized applications on FreeBSD.

Usage:
  bastille COMMAND [option(s)] TARGET ARGS

Use "bastille -v|--version" for version information.
Use "bastille COMMAND -h|--help" for more information about a command.
Use "bastille [-c|--config CONFIG] COMMAND" to specify a non-default config file.
`
