import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { reconcileCertificates } from './certificates/reconcile.ts'
import { type FileTruth, readFileTruth } from './file-truth.ts'
import { type Reconciled, trying } from './mending.ts'
import { correctServer, isPlaced, isSame, putAside, replaceMap, runningMap, runningServers } from './running-state.ts'
import type { ServerState } from './servers-state.ts'

/**
 * Makes the running HAProxy as the files say, which are the truth. Only while no request is between two steps that change it: then the
 * two differ on purpose.
 */
export async function reconcile(shell: Shell, layout: Layout): Promise<Reconciled> {
  const truth = await readFileTruth(shell, layout)
  const result: Reconciled = { mended: [], lacking: [], problems: [...truth.problems] }
  const running = await runningServers(shell, layout.haproxy.socket)
  await putMisplacedAside(shell, layout, truth, running, result)
  await reconcileMaps(shell, layout, truth, result)
  await reconcileServers(shell, layout, truth, running, result)
  await reconcileCertificates(shell, layout, result)
  return result
}

type Running = ReadonlyMap<string, ServerState>

/**
 * A slot may have been given to another jail: whichever came first then, the new lines to the old address or the old lines to the new one,
 * somebody would see another tenant's page.
 */
async function putMisplacedAside(shell: Shell, { haproxy }: Layout, truth: FileTruth, running: Running, result: Reconciled): Promise<void> {
  for (const [name, wanted] of truth.servers) {
    const now = running.get(name)
    if (now === undefined || isPlaced(now, wanted)) continue
    await trying(result, undefined, () => putAside(shell, haproxy.socket, name))
  }
}

async function reconcileMaps(shell: Shell, { haproxy }: Layout, { maps }: FileTruth, result: Reconciled): Promise<void> {
  for (const { path, lines } of maps) {
    const running = await runningMap(shell, haproxy.socket, path)
    if (running === undefined) result.lacking.push(`The running HAProxy does not know ${path}.`)
    else if (!isSame(running, lines)) {
      await trying(result, `${path} in the running HAProxy is as the file again: ${difference(running.length, lines.length)}.`, () =>
        replaceMap(shell, haproxy.socket, path, lines),
      )
    }
  }
}

async function reconcileServers(shell: Shell, { haproxy }: Layout, truth: FileTruth, running: Running, result: Reconciled): Promise<void> {
  for (const [name, wanted] of truth.servers) {
    const now = running.get(name)
    if (now === undefined) result.lacking.push(`The running HAProxy has no ${name}.`)
    else if (!isAsWanted(now, wanted)) {
      await trying(result, `${name} in the running HAProxy is as its file again; it was ${shown(now)}.`, () =>
        correctServer(shell, haproxy.socket, name, now, wanted),
      )
    }
  }
}

/** Drained by its file it has the weight 0, and may be drained at run time as well. */
function isAsWanted(now: ServerState, wanted: ServerState): boolean {
  return (
    isPlaced(now, wanted) && now.weight === wanted.weight && (now.state === wanted.state || (wanted.weight === 0 && now.state === 'drain'))
  )
}

function difference(had: number, has: number): string {
  return had === has ? `${has} lines, some of them other ones` : `${has} lines instead of ${had}`
}

function shown({ address, port, weight, state }: ServerState): string {
  return `${address}:${port}, weight ${weight}, ${state}`
}
