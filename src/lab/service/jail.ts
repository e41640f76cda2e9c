import { existsSync } from 'node:fs'
import { recordCall, subCall, type Call } from '../call.ts'
import { findJail, type Host } from '../host.ts'
import { jail } from '../jail/jail.ts'
import { jls } from '../jls/jls.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { beforeCommand, type RcContext } from './rc.ts'

/** /etc/rc.d/jail: it reports 0 whatever happens. */
export async function jailService(host: Host, context: RcContext, names: string[], call: Call): Promise<number> {
  const { command, values } = context
  if (command === 'status') return jls(host, subCall(call, 'jls', ['-N']))
  const ended = beforeCommand('jail', 'Manage system jails', context, call)
  if (ended !== undefined) return ended
  const list = values.get('jail_list') ?? ''
  const chosen = names.length > 0 ? names : list.split(/\s+/).filter((name) => name !== '')
  // A list of blanks is neither empty nor does it name anything: nothing happens and nothing is said.
  if (names.length === 0 && list !== '' && chosen.length === 0) return 0
  if (command === 'start') await start(host, chosen, call)
  else if (command === 'stop') await stop(host, chosen, call)
  else if (command === 'restart') {
    await stop(host, chosen, call)
    await start(host, chosen, call)
  } else refuse('service', `jail ${command} is not imitated here`)
  return 0
}

async function start(host: Host, names: string[], call: Call): Promise<void> {
  call.out('Starting jails:')
  if (names.length === 0) await startAll(host, call)
  for (const name of names) {
    const said = recordCall('jail', ['-i', '-f', confOf(host, name), '-c', name])
    if ((await jail(host, said.call)) === 0) call.out(` ${name}`)
    else call.out(` cannot start jail  "${name}": \n${said.text()}`)
  }
  call.out('.\n')
}

async function startAll(host: Host, call: Call): Promise<void> {
  const said = recordCall('jail', ['-f', '/etc/jail.conf', '-c'])
  if ((await jail(host, said.call)) === 0) call.out(host.jails.map(({ name }) => ` ${name}`).join(''))
  else call.out(said.text())
}

async function stop(host: Host, names: string[], call: Call): Promise<void> {
  call.out('Stopping jails:')
  const isAll = names.length === 0
  for (const name of isAll ? host.jails.map((each) => each.name) : names) {
    if (findJail(host, name) === undefined) continue
    call.out(` ${name}`)
    const said = recordCall('jail', ['-q', '-f', isAll ? '/etc/jail.conf' : confOf(host, name), '-r', name])
    await jail(host, said.call)
    if (findJail(host, name) !== undefined) call.out(said.text())
  }
  call.out('.\n')
}

/** A file of the jail's own goes before the common one. */
function confOf(host: Host, name: string): string {
  const own = [`/etc/jail.${name}.conf`, `/etc/jail.conf.d/${name}.conf`]
  return own.find((path) => existsSync(toReal(host.paths, path))) ?? '/etc/jail.conf'
}
