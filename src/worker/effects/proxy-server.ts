import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import type { ServerState } from '../../host/proxy/servers-state.ts'
import { nowhere } from '../../host/proxy/slots.ts'
import { createHaproxySocket, orAway, type ServerChange } from '../../host/proxy/socket.ts'
import { type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { waitFor } from './waiting.ts'

type ProxyServer = Extract<Action, { kind: 'proxy-server' }>

const beforeSchema = z.strictObject({ address: z.string(), port: z.int(), weight: z.int(), state: z.enum(['ready', 'drain', 'maint']) })

/** How long the last requests of a backend that is given back may take, before they are ended. */
const lastMilliseconds = 10_000

/** What is only in the running HAProxy: a start or a reload goes back to the files, which are changed before. So one that does not run has it. */
export function proxyServerEffect(deps: EffectDeps, action: ProxyServer): Effect {
  const { socket, backend, server, address, weight, state } = action
  const haproxy = createHaproxySocket(deps.shell, socket)
  const change = async (now: ServerState, wanted: ServerChange, shut: boolean) => {
    const moves = wanted.address !== undefined && !isAt(now, wanted.address)
    // nobody is let in between: who comes to the old address would go on at the new one
    if (moves) await haproxy.setServer(backend, server, { state: 'maint' })
    if (shut) await endSessions(deps, action)
    else if (moves && !(await hasNone(deps, action, 0))) {
      await haproxy.setServer(backend, server, { state: now.state })
      throw new JailopsError('step_failed', `${backend}/${server} still has open sessions; they would go on at another address.`)
    }
    await haproxy.setServer(backend, server, { ...wanted, state: wanted.state ?? now.state })
  }
  return {
    capture: async () => {
      const now = await orAway(haproxy.server(backend, server))
      return JSON.stringify(now === 'away' ? null : (now ?? null))
    },
    perform: async () => {
      const now = await orAway(haproxy.server(backend, server))
      if (now === 'away') return
      if (now === undefined) {
        throw new JailopsError('step_failed', `The running HAProxy has no ${backend}/${server}. Let it read its files: /proxy reload`)
      }
      await orAway(change(now, { address, weight, state }, action.shut === true))
    },
    check: async () => {
      const now = await orAway(haproxy.server(backend, server))
      if (now === 'away') return 'done'
      if (now === undefined) return 'not'
      const isSo =
        (address === undefined || isAt(now, address)) &&
        (weight === undefined || now.weight === weight) &&
        (state === undefined || now.state === state)
      return isSo ? 'done' : 'not'
    },
    revert: async (before) => {
      const old = parseBefore(beforeSchema.nullable(), before)
      const now = await haproxy.server(backend, server).catch(() => undefined)
      // gone with its HAProxy, or with its backend
      if (old === undefined || old === null || now === undefined) return
      const former = {
        ...(address !== undefined && { address: { address: old.address, port: old.port } }),
        ...(weight !== undefined && { weight: old.weight }),
        // a change of the address goes by maintenance
        ...((state !== undefined || address !== undefined) && { state: old.state }),
      }
      const isLeft = address !== undefined && !isAt(now, old)
      // spare again: its sites are somewhere else by then, and only who came before is still there
      if (isLeft && isAt(old, nowhere)) await hasNone(deps, action, lastMilliseconds)
      await change(now, former, isLeft)
    },
  }
}

function isAt(now: Pick<ServerState, 'address' | 'port'>, place: Pick<ServerState, 'address' | 'port'>): boolean {
  return now.address === place.address && now.port === place.port
}

async function endSessions(deps: EffectDeps, action: ProxyServer): Promise<void> {
  await createHaproxySocket(deps.shell, action.socket).shutSessions(action.backend, action.server)
  if (await hasNone(deps, action, 5000)) return
  throw new JailopsError('step_failed', `HAProxy was told to end the sessions of ${action.backend}/${action.server}, but they go on.`)
}

function hasNone(deps: EffectDeps, { socket, backend, server }: ProxyServer, milliseconds: number): Promise<boolean> {
  return waitFor(deps, { kind: 'proxy-sessions', socket, backend, server, atMost: 0 }, { milliseconds })
}
