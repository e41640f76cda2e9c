import type { APIInteraction, APIInteractionResponse } from 'discord-api-types/v10'
import { forgetOldest } from './bounded.ts'
import type { PendingFaults } from './faults.ts'
import type { Gateway } from './gateway.ts'
import type { Delivered, SeenMessage } from './interface.ts'
import { isSnowflake } from './snowflake.ts'
import type { World } from './world.ts'

export interface Interaction {
  id: string
  token: string
  kind: 'command' | 'autocomplete' | 'component' | 'modal'
  user: string
  channel: string
  /** Of a component, and of the modal that one opened: the message that it stands on. */
  message: string | undefined
  createdAt: number
  payload: APIInteraction
  /** The application's first response, and how long it took. */
  response: APIInteractionResponse | undefined
  respondedInMs: number | undefined
  /** The message that `@original` is. */
  original: string | undefined
  /** The time for a first response is over. */
  isLate(): boolean
  /** Notes the first response. */
  respond(response: APIInteractionResponse): void
}

export interface NewInteraction extends Pick<Interaction, 'kind' | 'user' | 'channel' | 'message'> {
  delivery: string | undefined
  payload(id: string, token: string): APIInteraction
}

export interface Interactions {
  /** Dispatches it, or dispatches once more what has the same delivery. Resolves at the first response, or when it is too late. */
  begin(interaction: NewInteraction): Promise<Delivered>
  byToken(token: string): Interaction | undefined
  stop(): void
}

export interface InteractionsOptions {
  world: World
  gateway: Gateway
  faults: PendingFaults
  see(channel: string, message: string): SeenMessage | undefined
}

export function createInteractions({ world, gateway, faults, see }: InteractionsOptions): Interactions {
  const known = new Map<string, { interaction: Interaction; settled: Promise<void> }>()
  const tokens = new Map<string, Interaction>()
  const deliveries = new Map<string, string>()
  const timers = new Set<NodeJS.Timeout>()
  const { keptInteractions, responseMs } = world.limits

  function after(ms: number, act: () => void): () => void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
    return () => {
      clearTimeout(timer)
      timers.delete(timer)
    }
  }

  function idOf(delivery: string | undefined): string {
    if (delivery === undefined) return world.newId()
    if (isSnowflake(delivery)) return delivery
    const id = deliveries.get(delivery) ?? world.newId()
    deliveries.set(delivery, id)
    forgetOldest(deliveries, keptInteractions)
    return id
  }

  function create(
    id: string,
    { kind, user, channel, message, payload }: NewInteraction,
  ): { interaction: Interaction; settled: Promise<void> } {
    const token = Buffer.from(`interaction:${id}:${world.newId()}`).toString('base64url')
    const startedAt = performance.now()
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>()
    const cancel = after(responseMs, settle)
    const interaction: Interaction = {
      id,
      token,
      kind,
      user,
      channel,
      message,
      createdAt: world.now(),
      payload: payload(id, token),
      response: undefined,
      respondedInMs: undefined,
      original: undefined,
      isLate: () => performance.now() - startedAt >= responseMs,
      respond(response) {
        interaction.response = response
        interaction.respondedInMs = performance.now() - startedAt
        cancel()
        settle()
      },
    }
    return { interaction, settled }
  }

  function dispatch({ payload }: Interaction): void {
    const { lateMs, isLost, isTwice, isAgain } = faults.takeDispatchFault()
    if (isLost) return
    const send = () => {
      for (let times = isTwice ? 2 : 1; times > 0; times -= 1) gateway.dispatchInteraction(payload, { isAgain })
    }
    if (lateMs > 0) after(lateMs, send)
    else send()
  }

  return {
    async begin(wanted) {
      const id = idOf(wanted.delivery)
      const entry = known.get(id) ?? create(id, wanted)
      const { interaction, settled } = entry
      known.set(id, entry)
      tokens.set(interaction.token, interaction)
      forgetOldest(known, keptInteractions)
      forgetOldest(tokens, keptInteractions)
      dispatch(interaction)
      await settled
      return {
        interaction: id,
        respondedInMs: interaction.respondedInMs,
        response: interaction.response,
        message: () => (interaction.original === undefined ? undefined : see(interaction.channel, interaction.original)),
      }
    },
    byToken: (token) => tokens.get(token),
    stop() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
