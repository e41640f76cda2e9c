import { z } from 'zod'
import type { Action } from '../../core/step.ts'
import { createHaproxySocket } from '../../host/proxy/socket.ts'
import { type Effect, type EffectDeps, parseBefore } from './effect.ts'

const beforeSchema = z.array(
  z.strictObject({ server: z.string(), place: z.strictObject({ address: z.string(), port: z.int() }), weight: z.int() }),
)

/** A backend of the running HAProxy; its next start makes it from its file, or not at all. */
export function proxyBackendEffect(
  { shell }: EffectDeps,
  { socket, backend, servers }: Extract<Action, { kind: 'proxy-backend' }>,
): Effect {
  const haproxy = createHaproxySocket(shell, socket)
  const make = (wanted: typeof servers) => (wanted.length === 0 ? haproxy.deleteBackend(backend) : haproxy.addBackend(backend, wanted))
  const now = async (): Promise<typeof servers> =>
    (await haproxy.servers(backend)).map(({ name, state: { address, port, weight } }) => ({
      server: name,
      place: { address, port },
      weight,
    }))
  return {
    capture: async () => JSON.stringify(await now()),
    perform: () => make(servers),
    check: async () => {
      if (await haproxy.hasBackend(backend, servers)) return 'done'
      return (await haproxy.backends()).includes(backend) ? 'half' : 'not'
    },
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      const isRunning = await haproxy.backends().then(
        () => true,
        () => false,
      )
      if (old === undefined || !isRunning || (await haproxy.hasBackend(backend, old))) return
      await haproxy.deleteBackend(backend)
      await make(old)
    },
  }
}
