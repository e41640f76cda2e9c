import { z } from 'zod'
import type { Action } from '../../core/step.ts'
import { createHaproxySocket } from '../../host/proxy/socket.ts'
import { type Effect, type EffectDeps, parseBefore } from './effect.ts'

const beforeSchema = z.strictObject({ address: z.string(), port: z.int(), weight: z.int(), state: z.enum(['ready', 'drain', 'maint']) })

/** What is only in the running HAProxy: a start or a reload goes back to the files. */
export function proxyServerEffect({ shell }: EffectDeps, action: Extract<Action, { kind: 'proxy-server' }>): Effect {
  const { backend, server, address, weight, state } = action
  const haproxy = createHaproxySocket(shell, action.socket)
  return {
    capture: async () => JSON.stringify((await haproxy.server(backend, server)) ?? null),
    perform: () => haproxy.setServer(backend, server, { address, weight, state }),
    check: async () => {
      const now = await haproxy.server(backend, server)
      const isSo =
        now !== undefined &&
        (address === undefined || (now.address === address.address && now.port === address.port)) &&
        (weight === undefined || now.weight === weight) &&
        (state === undefined || now.state === state)
      return isSo ? 'done' : 'not'
    },
    revert: async (before) => {
      const old = parseBefore(beforeSchema.nullable(), before)
      const now = await haproxy.server(backend, server).catch(() => undefined)
      // gone with its HAProxy, or with its backend
      if (old === undefined || old === null || now === undefined) return
      await haproxy.setServer(backend, server, {
        ...(address !== undefined && { address: { address: old.address, port: old.port } }),
        ...(weight !== undefined && { weight: old.weight }),
        ...(state !== undefined && { state: old.state }),
      })
    },
  }
}
