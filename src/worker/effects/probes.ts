import { passLostConnection } from '../../core/errors.ts'
import type { Probe } from '../../core/step.ts'
import { createHaproxySocket, orAway } from '../../host/proxy/socket.ts'
import type { Shell } from '../../host/shell.ts'
import { showsCertificate } from './probe-certificate.ts'
import { jailHolds } from './probe-jail.ts'
import { nothingMountedBelow } from './probe-mounts.ts'

type ProbeOf<Kind extends Probe['kind']> = Extract<Probe, { kind: Kind }>

/** Asks the host. What cannot be found out does not hold, in whichever direction the question was put. @throws connection_lost */
export async function holds(shell: Shell, probe: Probe): Promise<boolean> {
  try {
    return await ask(shell, probe)
  } catch (error) {
    passLostConnection(error)
    return false
  }
}

async function ask(shell: Shell, probe: Probe): Promise<boolean> {
  switch (probe.kind) {
    case 'jail':
      return jailHolds(shell, probe)
    case 'path':
      return ((await shell.stat(probe.path)) !== undefined) === probe.exists
    case 'journal-only':
      // The host alone never knows it.
      return false
    case 'command':
      return commandHolds(shell, probe)
    case 'http':
      return httpHolds(shell, probe)
    case 'haproxy-backend':
      return backendHolds(shell, probe)
    case 'proxy-sessions':
      return sessionsHold(shell, probe)
    case 'certificate':
      return showsCertificate(shell, probe)
    case 'haproxy-server-up':
      return isUp(shell, probe)
    case 'no-mounts':
      return nothingMountedBelow(shell, probe.path)
    case 'free-space':
      return (await shell.freeMegabytes(probe.path)) >= probe.megabytes
  }
}

/** Success is asked for unless another exit code is: a tool that failed prints nothing, which is not "the word is not there". */
async function commandHolds(shell: Shell, probe: ProbeOf<'command'>): Promise<boolean> {
  const { exitCode, stdout, timedOut, truncated } = await shell.run({ argv: probe.argv, timeoutSeconds: 30 })
  if (timedOut || truncated || !codeHolds(probe, exitCode)) return false
  const words = stdout.split(/\s+/)
  return (
    (probe.stdout === undefined || stdout.replace(/\n$/, '') === probe.stdout) &&
    (probe.word === undefined || words.includes(probe.word)) &&
    (probe.noWord === undefined || !words.includes(probe.noWord))
  )
}

function codeHolds({ exitCode, notExitCode }: ProbeOf<'command'>, code: number | undefined): boolean {
  if (notExitCode !== undefined) return code !== undefined && code !== notExitCode
  return code === (exitCode ?? 0)
}

async function httpHolds(shell: Shell, probe: ProbeOf<'http'>): Promise<boolean> {
  const { address, port, path, hostHeader } = probe
  const { status } = await shell.httpGet({ address, port, path, hostHeader, timeoutSeconds: 5 })
  return status >= probe.statusFrom && status <= probe.statusTo && !probe.notStatus?.includes(status)
}

async function backendHolds(shell: Shell, { socket, backend, server, or }: ProbeOf<'haproxy-backend'>): Promise<boolean> {
  const haproxy = createHaproxySocket(shell, socket)
  if (server !== null) return [server, ...(or === undefined ? [] : [or])].includes((await haproxy.serverAddress(backend)) ?? '')
  return !(await haproxy.backends()).includes(backend)
}

async function sessionsHold(shell: Shell, { socket, backend, server, atMost, also = [] }: ProbeOf<'proxy-sessions'>): Promise<boolean> {
  const haproxy = createHaproxySocket(shell, socket)
  const counts = await orAway(
    Promise.all(
      [{ backend, server }, ...also].map(async (one) => {
        const rows = await haproxy.statOf(one.backend)
        return rows.find((row) => row.server === one.server)?.sessions ?? 0
      }),
    ),
  )
  return counts === 'away' || counts.reduce((sum, sessions) => sum + sessions, 0) <= atMost
}

async function isUp(shell: Shell, { socket, backend, server }: ProbeOf<'haproxy-server-up'>): Promise<boolean> {
  const rows = await orAway(createHaproxySocket(shell, socket).statOf(backend))
  // where none runs there is nobody to wait for: its next start finds out
  if (rows === 'away') return true
  const status = rows.find((row) => row.server === server)?.status ?? ''
  // `UP 1/3` has not been found alive yet, or not any more
  return status === 'no check' || status === 'UP'
}
