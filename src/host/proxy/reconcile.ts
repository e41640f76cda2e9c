import { passLostConnection, toJailopsError } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { type FileTruth, readFileTruth } from './file-truth.ts'
import { correctServer, isSame, replaceMap, runningMap, type RunningServer, runningServers } from './running-state.ts'

export interface Reconciled {
  /** What was made as the files say, each as a sentence. */
  mended: string[]
  /** What only a reload can mend, and why. */
  lacking: string[]
  /** What is for a person. */
  problems: string[]
}

/**
 * Makes the running HAProxy as the files say, which are the truth. Only while no request holds the proxy: what a request drains for a while
 * stands in no file.
 */
export async function reconcile(shell: Shell, layout: Layout): Promise<Reconciled> {
  const truth = await readFileTruth(shell, layout)
  const result: Reconciled = { mended: [], lacking: [], problems: [...truth.problems] }
  await reconcileMaps(shell, layout, truth, result)
  await reconcileServers(shell, layout, truth, result)
  return result
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

async function reconcileServers(shell: Shell, { haproxy }: Layout, { servers }: FileTruth, result: Reconciled): Promise<void> {
  const running = await runningServers(shell, haproxy.socket)
  for (const [name, wanted] of servers) {
    const now = running.get(name)
    if (now === undefined) result.lacking.push(`The running HAProxy has no ${name}.`)
    else if (!isAsWanted(now, wanted)) {
      await trying(result, `${name} in the running HAProxy is as its file again; it was ${shown(now)}.`, () =>
        correctServer(shell, haproxy.socket, name, wanted),
      )
    }
  }
}

/** What cannot be mended here must not keep the rest from it. */
async function trying(result: Reconciled, sentence: string, mend: () => Promise<void>): Promise<void> {
  try {
    await mend()
    result.mended.push(sentence)
  } catch (error) {
    passLostConnection(error)
    result.problems.push(toJailopsError(error).message)
  }
}

/** Drained by its file it has the weight 0, and may be drained at run time as well. */
function isAsWanted(now: RunningServer, wanted: RunningServer): boolean {
  const isPlaced = now.address === wanted.address && now.port === wanted.port && now.weight === wanted.weight
  return isPlaced && (now.state === wanted.state || (wanted.weight === 0 && now.state === 'drain'))
}

function difference(had: number, has: number): string {
  return had === has ? `${has} lines, some of them other ones` : `${has} lines instead of ${had}`
}

function shown({ address, port, weight, state }: RunningServer): string {
  return `${address}:${port}, weight ${weight}, ${state}`
}
