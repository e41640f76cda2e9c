import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type SshTarget, sshTargetSchema } from '../../src/core/ssh-target.ts'
import { startGuard } from '../../src/guard/guard.ts'

/** A real sshd on loopback, for the user who runs the tests. */
export interface Sshd {
  /** Keys, known_hosts and settings; and what the sshd says, in sshd.log. */
  folder: string
  port: number
  pid: number
  /** A host to reach by it, with a folder of its own. */
  target(more?: Partial<SshTarget>): SshTarget
  stop(): Promise<void>
}

const programs = { sshd: '/usr/sbin/sshd', sh: '/bin/sh', tcsh: ['/usr/bin/tcsh', '/bin/tcsh'].find(existsSync) ?? '/bin/tcsh' }

/** Why no sshd can be started here, or undefined. */
export function missingForSshd(): string | undefined {
  const missing = [programs.sshd, programs.tcsh].find((program) => !existsSync(program))
  return missing === undefined ? undefined : `${missing} is not installed`
}

/**
 * The login shell is as sshd would start it from passwd: `SHELL -c COMMAND`. With `keptAgent` whatever is asked for starts that file, as
 * doas or sudo would. It ends with this process, however that one ends.
 */
export async function startSshd(loginShell: 'sh' | 'tcsh', { keptAgent }: { keptAgent?: string } = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-sshd-'))
  const port = await freePort()
  for (const key of ['host', 'id']) makeKey(join(folder, key))
  if (process.platform === 'linux' && userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true }) // sshd insists on it
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${readFileSync(join(folder, 'host.pub'), 'utf8')}`)
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'id.pub')}`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'MaxStartups 100',
    `SetEnv HOME=${folder}`, // nobody's own dotfiles
    `ForceCommand exec ${keptAgent ?? `${programs[loginShell]} -c "$SSH_ORIGINAL_COMMAND"`}`,
  ]
  writeFileSync(join(folder, 'sshd_config'), `${settings.join('\n')}\n`)
  const guard = startGuard(join(folder, 'guard'))
  const args = ['-D', '-f', join(folder, 'sshd_config'), '-E', join(folder, 'sshd.log')]
  const sshd = spawn(programs.sshd, args, { stdio: 'ignore' })
  guard.add('sshd', sshd.pid ?? 0)
  await listening(port, () => `sshd did not start: ${readFileSync(join(folder, 'sshd.log'), 'utf8')}`)
  return {
    folder,
    port,
    pid: sshd.pid ?? 0,
    target: (more = {}) =>
      sshTargetSchema.parse({
        address: '127.0.0.1',
        port,
        user: userInfo().username,
        knownHosts: join(folder, 'known_hosts'),
        identity: join(folder, 'id'),
        folder: join(mkdtempSync(join(folder, 'host-')), 'jailops'),
        ...more,
      }),
    stop: async () => {
      await guard.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function makeKey(path: string): void {
  const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function listening(port: number, complaint: () => string): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    const socket = connect({ port, host: '127.0.0.1' })
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (isThere) return
    await pause(25)
  }
  throw new Error(complaint())
}
