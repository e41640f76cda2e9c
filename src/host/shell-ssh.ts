import { JailopsError, passLostConnection } from '../core/errors.ts'
import type { SshTarget } from '../core/ssh-target.ts'
import { endGroup } from './shell/group.ts'
import { exchangeOnSocket, httpGet } from './shell/network.ts'
import type { LocalShellOptions } from './shell-local.ts'
import type { Shell, ShellCommand, ShellResult } from './shell.ts'
import { editionOf, sentAgent } from './ssh/agent.ts'
import type { Refusals } from './ssh/ask.ts'
import { createConnector } from './ssh/connector.ts'
import { sshFiles } from './ssh/files.ts'
import { sshGroups } from './ssh/groups.ts'
import { sshConnections } from './ssh/network.ts'
import { runOverSsh } from './ssh/run.ts'

export interface SshShellOptions extends Omit<LocalShellOptions, 'groupWaitMilliseconds'> {
  target: SshTarget
  /** A folder of ours (0700) for the control socket; a Unix socket's path has room for about 100 bytes only, so a short one. */
  controlFolder: string
  /** Who we are, in letters, digits and -_.: the lock on the host is held by this name; the same name takes it over from its own lost connection. */
  owner: string
  /** Of the agent that the host keeps; where none is kept, it is sent. */
  keptEdition?: string | undefined
  /** A problem that a person has to solve; said once, tried again all the same. */
  onProblem(what: string, details: Record<string, unknown>): void
  /** How long an operation waits for a connection before connection_lost. */
  patienceMilliseconds?: number
  /** How long the lock's holder may say nothing; it says something every ten seconds. */
  silenceMilliseconds?: number
}

export interface SshShell extends Shell {
  isConnected(): boolean
  /** Resolves when connected (now or next time), rejects with the signal's reason. */
  whenConnected(signal?: AbortSignal): Promise<void>
}

/** The Shell of a host that runs no Node: by the system's OpenSSH and a sh program at the other end. Connects, and connects again, by itself. */
export function createSshShell(options: SshShellOptions): SshShell {
  const { target, programFolders, jailRoots, confineTo, controlFolder, owner, onProblem, keptEdition } = options
  const { patienceMilliseconds = 5000, silenceMilliseconds } = options
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(owner))
    throw new JailopsError('config_error', `"${owner}" cannot hold a host's lock: letters, digits and -_. only.`)
  const agent = { folder: target.folder, programFolders, jailRoots, confineTo }
  const program = target.become === 'none' ? sentAgent(agent) : undefined
  const edition = keptEdition ?? editionOf(agent)
  const connector = createConnector({
    target,
    controlFolder,
    owner,
    program,
    edition,
    onProblem,
    patienceMilliseconds,
    silenceMilliseconds,
  })
  const rules = { jailRoots, ...(confineTo !== undefined && { confineTo }) }
  const refusals: Refusals = { rules, programFolders, address: target.address }
  const connections = sshConnections(connector, target.address)
  const files = sshFiles(connector, refusals)
  /** What a dead network keeps back looks like nobody's answer: so a failure counts once the host itself has answered. */
  const talk = <T>(said: Promise<T>): Promise<T> =>
    said.catch(async (error: unknown) => {
      passLostConnection(error)
      await files.stat('/').catch(passLostConnection)
      throw error
    })
  const stopping = new AbortController()
  const running = new Set<Promise<ShellResult>>()

  const run = async (command: ShellCommand): Promise<ShellResult> => {
    // What has a group file is the executor's to end: it knows whether to wait.
    const own = command.groupFile === undefined ? [stopping.signal] : []
    const signal = AbortSignal.any([...own, ...(command.signal === undefined ? [] : [command.signal])])
    const result = connector.obtain().then((connection) => runOverSsh(connection, { ...command, signal }, refusals))
    running.add(result)
    return result.finally(() => running.delete(result))
  }

  return {
    run,
    ...files,
    exchange: (socket, text, timeoutSeconds) => talk(exchangeOnSocket(connections, socket, text, timeoutSeconds)),
    httpGet: (request) => talk(httpGet(connections, request)),
    endGroup: async (groupFile, waitSeconds) => endGroup(sshGroups(await connector.obtain(), refusals), groupFile, waitSeconds),
    isConnected: () => connector.current() !== undefined,
    whenConnected: connector.whenConnected,
    stop: async () => {
      stopping.abort(new JailopsError('worker_failed', 'The worker is stopping.'))
      await Promise.allSettled(running)
      await connector.stop()
    },
  }
}
