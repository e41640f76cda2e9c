import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Layout } from '../core/layout.ts'
import type { SshTarget } from '../core/ssh-target.ts'
import type { Shell } from '../host/shell.ts'
import { keptEdition } from '../host/privileges.ts'
import { createSshShell, type SshShell } from '../host/shell-ssh.ts'
import { type Log, withDetails } from './log.ts'
import { type HostService, serveHost, type Serving } from './serve-host.ts'

export interface SshHost {
  name: string
  target: SshTarget
  layout: Layout
  permissions: string[]
  /** On this machine: holds the journals. */
  state: string
  /** On this machine, for control sockets: a short path. */
  controlFolder: string
}

const lookMilliseconds = 500
/** A connection that comes back within this leaves the queue open. */
const graceMilliseconds = 5000
/** Until it is said once that a host does not connect, and why. */
const sayMilliseconds = 10_000

/** Serves a host that is reached by ssh: its queue is heard while the host is connected, and left alone while it is away. */
export async function serveOverSsh(host: SshHost, serving: Serving): Promise<{ stop(): Promise<void> }> {
  const { name, target, layout, state } = host
  const shell = createSshShell({
    target,
    controlFolder: host.controlFolder,
    owner: await ownerOf(state),
    keptEdition: keptEdition(target, layout),
    onProblem: (what, details) => serving.log.warn({ host: name, ...details }, what),
    programFolders: layout.programFolders,
    jailRoots: layout.jailRoots,
    confineTo: layout.confineTo,
  })
  const staging = join(target.folder, 'staging')
  const groups = join(target.folder, 'groups')
  const service = await serveHost({ name, layout, permissions: host.permissions, shell, target, state, staging, groups }, serving)
  const log = withDetails(serving.log, { host: name, address: target.address })
  return keepServing({ shell, service, staging, groups, log })
}

export interface Kept {
  shell: SshShell
  service: HostService
  /** On the host, as in ServedHost. */
  staging: string
  groups: string
  log: Pick<Log, 'info' | 'warn'>
}

/** Opens the service when the host is connected and pauses it when the host is away, until `stop`, which stops all of it. */
export function keepServing({ shell, service, staging, groups, log }: Kept): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  let isCleared = false

  async function connected(): Promise<void> {
    const notYet = setTimeout(sayWhyNot, sayMilliseconds)
    await shell.whenConnected(signal).finally(() => clearTimeout(notYet))
    // once: later a change that is under way has its copies there
    if (!isCleared) await clear(shell, staging)
    isCleared = true
    for (const folder of [staging, groups]) await shell.makeFolder(folder, 0o700)
    await service.open()
    log.info({}, 'connected')
    await untilAway()
    await service.pause()
    log.warn({}, 'away; what is asked of it stays in its queue')
  }

  /** What keeps it from connecting is told to whoever asks for something. */
  function sayWhyNot(): void {
    shell.stat('/').catch((error: unknown) => log.warn({ error: String(error) }, 'not connected; it is tried again'))
  }

  async function untilAway(): Promise<void> {
    for (let lostAt = 0; !signal.aborted;) {
      if (shell.isConnected()) lostAt = 0
      else if (lostAt === 0) lostAt = performance.now()
      else if (performance.now() - lostAt > graceMilliseconds) return
      await delay(lookMilliseconds, undefined, { signal })
    }
  }

  async function keep(): Promise<void> {
    while (!signal.aborted) {
      await connected().catch(async (error: unknown) => {
        if (signal.aborted) return
        log.warn({ error: String(error) }, 'the host cannot be served; it is tried again')
        await service.pause().catch((failure: unknown) => log.warn({ error: String(failure) }, 'its queue could not be left'))
        await delay(graceMilliseconds, undefined, { signal }).catch(() => undefined)
      })
    }
  }

  const keeping = keep()
  return {
    async stop() {
      stopping.abort()
      // at once: what is being opened may wait for something that only ends with the service
      await Promise.all([keeping, service.stop()])
      await shell.stop()
    },
  }
}

/**
 * The host's lock is held in this name: the same worker gets it again after a restart, another one does not. Chance, and not where it runs,
 * makes the difference: containers and copied machines have the same names.
 */
export async function ownerOf(state: string): Promise<string> {
  await mkdir(state, { recursive: true, mode: 0o700 })
  const file = join(state, 'owner')
  const kept = await readFile(file, 'utf8').catch(() => '')
  const id = /^[0-9a-f]{16}$/.exec(kept)?.[0] ?? randomBytes(8).toString('hex')
  if (kept !== id) await writeFile(file, id, { mode: 0o600 })
  return `${hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 40)}-${id}`
}

/** Copies that an earlier life did not get to clear away; nothing but our own files and folders lies there. */
async function clear(shell: Shell, folder: string): Promise<void> {
  for (const name of await shell.list(folder)) {
    const path = join(folder, name)
    if ((await shell.stat(path))?.kind !== 'folder') await shell.removeFile(path)
    else {
      await clear(shell, path)
      await shell.removeFolder(path)
    }
  }
}
