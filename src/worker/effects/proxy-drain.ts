import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action, Probe } from '../../core/step.ts'
import { backendFile, serversIn, withDrain } from '../../host/proxy/backend-file.ts'
import type { ServerState } from '../../host/proxy/servers-state.ts'
import { createHaproxySocket, orAway } from '../../host/proxy/socket.ts'
import { type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { checkWholeFolder } from './haproxy-config.ts'
import { modeOf, readExactly } from './old-file.ts'
import { holds } from './probes.ts'
import { waitFor } from './waiting.ts'

type ProxyDrain = Extract<Action, { kind: 'proxy-drain' }>

/** `isDrained` null: it did not stand in the file. */
const beforeSchema = z.strictObject({ isDrained: z.boolean().nullable(), isAlive: z.boolean() })

/** Whoever was stopped meanwhile is found alive after a few checks; who is not by then does not come up, which alerts say. */
const aliveMilliseconds = 30_000

/**
 * One line of a backend's file first, so that a reload or another start keeps it; then the running HAProxy, read back. What is taken back
 * is the line: the weight that it had otherwise is written there. Where it answered before, it does so again by then.
 */
export function proxyDrainEffect(deps: EffectDeps, action: ProxyDrain): Effect {
  const { shell } = deps
  const { socket, folder, backend, server, on } = action
  const alive: Probe = { kind: 'haproxy-server-up', socket, backend, server }
  const name = backendFile(backend)
  const path = `${folder}/${name}`
  const haproxy = createHaproxySocket(shell, socket)
  // one that does not run starts from the file
  const live = async () => {
    const now = await orAway(haproxy.server(backend, server))
    return now === 'away' ? undefined : now
  }

  /** @returns the weight that counts from now on; undefined where the file has no such server */
  const write = async (isDrained: boolean, isChecked: boolean): Promise<number | undefined> => {
    const text = await readExactly(shell, path)
    const wanted = text === undefined ? undefined : withDrain(text, server, isDrained)
    if (wanted === undefined) return undefined
    if (wanted.text !== text) {
      const files = [{ name, content: wanted.text }]
      if (isChecked) await checkWholeFolder(deps, { folder, files })
      await shell.writeFile(path, wanted.text, await modeOf(shell, path))
    }
    return wanted.weight
  }
  const tell = async (weight: number) => {
    const now = await live()
    if (now === undefined || isSo(now, weight)) return
    await haproxy.setServer(backend, server, { weight, ...(now.state === 'drain' && { state: 'ready' }) })
  }

  return {
    capture: async () => {
      const line = serversIn((await readExactly(shell, path)) ?? '')?.find((one) => one.server === server)
      const isDrained = line === undefined ? null : line.isDrained === true
      return JSON.stringify({ isDrained, isAlive: await holds(shell, alive) } satisfies z.infer<typeof beforeSchema>)
    },
    perform: async () => {
      // what a drained one goes back to stood there before: the folder was never without it
      const weight = await write(on, on)
      if (weight !== undefined) return tell(weight)
      // one that is not there gets no requests, which is all that is asked
      if (on) return
      throw new JailopsError(
        'step_failed',
        `${path} has no ${server} of jailops any more, so it cannot get requests again. Look at that file, and see /proxy list.`,
      )
    },
    check: async () => {
      const text = await readExactly(shell, path)
      const wanted = text === undefined ? undefined : withDrain(text, server, on)
      if (wanted === undefined) return on ? 'done' : 'not'
      if (wanted.text !== text) return 'not'
      const now = await live()
      return now === undefined || isSo(now, wanted.weight) ? 'done' : 'half'
    },
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      if (old === undefined || old.isDrained === null) return
      const weight = await write(old.isDrained, false)
      if (weight !== undefined) await tell(weight)
    },
    restored: async (before) => {
      const old = parseBefore(beforeSchema, before)
      if (old?.isAlive === true && old.isDrained === false) await waitFor(deps, alive, { milliseconds: aliveMilliseconds })
    },
  }
}

/** Whoever drained it at the socket alone wrote that nowhere: it ends with this. */
function isSo({ weight, state }: ServerState, wanted: number): boolean {
  return weight === wanted && (state !== 'drain' || wanted === 0)
}
