import { passLostConnection } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import { rcVariable } from '../facts/boot.ts'
import type { Shell, ShellCommand, ShellResult } from '../shell.ts'
import { createHaproxySocket } from './socket.ts'

export type HandOver = Pick<Layout['haproxy'], 'pidFile' | 'socket' | 'usualFile'>

/**
 * A new HAProxy that gets the listening sockets of the one that runs (`-x`). FreeBSD's rc script starts it without them: the old one then
 * closes its own, and whoever waits there to be let in is reset (measured: 25 to 85 of 40,000 new connections during 100 reloads; so none).
 * `-x` cannot stand in `haproxy_flags`, for a first start would fail. The values are those of the rc script, also of which files are read;
 * where it would do more than we can, it has to do it.
 *
 * @returns how the new one's start went, which fails or begins to serve; undefined where the rc script has to do it
 */
export async function handOver(shell: Shell, at: HandOver, how: Omit<ShellCommand, 'argv'>): Promise<ShellResult | undefined> {
  const argv = await handOverArgv(shell, at).catch(passLostConnection)
  return argv === undefined ? undefined : shell.run({ ...how, argv })
}

/** Undefined where the rc script starts it otherwise, or where another process answers at the socket than the one it started. */
async function handOverArgv(shell: Shell, { pidFile, socket, usualFile }: HandOver): Promise<string[] | undefined> {
  const names = ['haproxy_config', 'haproxy_flags', 'haproxy_profiles', 'haproxy_pidfile']
  const [info, noted, config, flags, profiles, named = ''] = await Promise.all([
    createHaproxySocket(shell, socket).info(),
    shell.readFile(pidFile),
    ...names.map((name) => rcVariable(shell, name)),
  ])
  const pid = info.get('Pid')
  const isUsual = flags === '' && profiles === '' && ['', pidFile].includes(named)
  if (!isUsual || pid === undefined || !/^[0-9]+$/.test(pid) || noted?.trim() !== pid) return undefined
  // not -q, which keeps from us why it does not start
  return ['haproxy', '-D', '-f', config || usualFile, '-p', pidFile, '-x', socket, '-sf', pid]
}
