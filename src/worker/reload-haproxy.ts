import { JailopsError, passLostConnection } from '../core/errors.ts'
import { handOver } from '../host/proxy/hand-over.ts'
import { isStopped, reload } from '../host/proxy/reload.ts'
import { createHaproxySocket } from '../host/proxy/socket.ts'
import type { EffectDeps } from './effects/effect.ts'
import { holds } from './effects/probes.ts'
import { runOrThrow } from './effects/run.ts'
import { howItEnded, lastWords } from './effects/words.ts'
import type { LogMemory } from './log-memory.ts'
import { createLoneRuns, type LoneRunsDeps } from './lone-runs.ts'
import { createReloads, type ProxyReload, type Reloads, type ReloadsDeps } from './reloads.ts'

interface Hands extends Pick<EffectDeps, 'shell' | 'sleep' | 'now'> {
  /** What would go with the old process. */
  log: Pick<LogMemory, 'leaving'>
}

/** The reloads of one host's HAProxy. `folder` is on the host, and only for its group files. */
export function createHaproxyReloads(deps: Hands & Pick<ReloadsDeps, 'say'> & Pick<LoneRunsDeps, 'file'> & { folder: string }): Reloads {
  const { shell, now, sleep, say, file, folder } = deps
  const runs = createLoneRuns({
    file,
    groupFile: (number) => `${folder}/haproxy-reload-${number}`,
    endGroup: (groupFile) => shell.endGroup(groupFile, 60),
  })
  return createReloads({ now, sleep, say, reload: (how) => runs.run((groupFile) => reloadOnce(deps, how, groupFile)) })
}

/**
 * Who does it says 0 when HAProxy is told; whether a new process took over is asked. Two reloads close to each other may become one
 * (measured), so there is one at a time and each is waited for.
 */
async function reloadOnce(deps: Hands, how: ProxyReload, groupFile: string): Promise<string> {
  const { timeoutSeconds } = how
  const { socket, pidFile } = pids(deps, how)
  const before = (await socket().catch(passLostConnection)) ?? (await pidFile())
  const isGone = await deps.log.leaving()
  const isHandedOver = await isHandedTo(deps, how, groupFile)
  if (!isHandedOver) await runOrThrow(deps, { ...reload, timeoutSeconds }, { groupFile })
  const isNew = async () => {
    const now = await (how.by === 'our-files' ? socket() : pidFile()).catch(passLostConnection)
    return now !== undefined && now !== before
  }
  const deadline = deps.now() + timeoutSeconds * 1000
  while (!(await isNew())) {
    if (deps.now() >= deadline) {
      throw new JailopsError('step_failed', 'The service reported success, but HAProxy goes on with its old process and its old files.')
    }
    await deps.sleep(20)
  }
  isGone()
  if (how.by === 'their-files' && (await holds(deps.shell, isStopped))) {
    throw new JailopsError(
      'step_failed',
      'HAProxy was told to read the files of before, and does not run any more. Look at `service haproxy configtest`.',
    )
  }
  return isHandedOver ? 'hand-over' : 'rc script'
}

/** @throws where the rc script could not do it either */
async function isHandedTo({ shell }: Hands, how: ProxyReload, groupFile: string): Promise<boolean> {
  const started = await handOver(shell, how, { timeoutSeconds: how.timeoutSeconds, groupFile })
  // each try to get a port that somebody else has keeps all who come waiting outside for two seconds
  if (started?.stderr.includes('cannot bind socket')) {
    throw new JailopsError('step_failed', `haproxy ${howItEnded(started)}: ${lastWords(started)}`)
  }
  return started?.exitCode === 0
}

/** Where it says which process runs. */
function pids({ shell }: Hands, at: ProxyReload) {
  return {
    socket: async () => (await createHaproxySocket(shell, at.socket).info()).get('Pid'),
    pidFile: async () => (await shell.readFile(at.pidFile))?.trim() || undefined,
  }
}
