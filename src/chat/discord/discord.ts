import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../core/clock.ts'
import type { Command } from '../../core/command.ts'
import { JailopsError } from '../../core/errors.ts'
import type { ChatAdapter, Door } from '../adapter.ts'
import { createApi } from './api.ts'
import { createGateway } from './gateway.ts'
import { createHearing } from './hearing.ts'
import { platform } from './payload.ts'
import { createPosting } from './posting.ts'
import { createRecent } from './recent.ts'
import { register } from './register.ts'
import { createWhispering } from './whispering.ts'

export interface DiscordOptions {
  commands: readonly Command[]
  token: string
  /** The server whose people are members. */
  guild: string
  apiUrl: string
  /** Keeps what was registered last. */
  registrationFile: string
  now: Clock
  onProblem(what: string, details: Record<string, unknown>): void
}

const patienceMilliseconds = 10_000
const shortestPauseMilliseconds = 1000
const longestPauseMilliseconds = 60_000
const goodbyeMilliseconds = 500

/** Discord as a home: slash commands, buttons and forms of one server, and a card for each request. */
export function createDiscordAdapter(options: DiscordOptions): ChatAdapter {
  const { guild, now, onProblem } = options
  const ending = new AbortController()
  const api = createApi(options)
  const recent = createRecent(now)
  const hearing = createHearing({ api, recent, guild, now, onProblem })
  const whispering = createWhispering({ api, posting: () => posting, recent, onProblem })
  const posting = createPosting({ api, tell: whispering.tell })
  let door: Door | undefined
  const gateway = createGateway({
    ...options,
    onInteraction: (payload) => door !== undefined && hearing.hear(payload, door),
  })

  async function connect(): Promise<void> {
    await register(options)
    if (!ending.signal.aborted) await gateway.connect()
  }

  /** An outage is waited out, with growing pauses. @throws what will not pass */
  async function untilHeard(): Promise<void> {
    for (let pause = shortestPauseMilliseconds; ; pause = Math.min(longestPauseMilliseconds, pause * 2)) {
      try {
        return await connect()
      } catch (error) {
        if (ending.signal.aborted) return
        if (error instanceof JailopsError) throw error
        onProblem('Discord cannot be reached; trying again', { error: String(error), inMilliseconds: pause })
        await delay(pause, undefined, { signal: ending.signal }).catch(() => undefined)
        if (ending.signal.aborted) return
      }
    }
  }

  return {
    platform,
    traits: { postsOnce: true, settleMilliseconds: 600, whispersRefusals: true, keepsMessages: true },
    // roles come with every interaction
    identify: async (actor) => actor,
    async start(to) {
      door = to
      const heard = untilHeard()
      const patience = delay(patienceMilliseconds, 'late', { signal: ending.signal, ref: false }).catch(() => 'stopped')
      if ((await Promise.race([heard, patience])) === undefined) return
      // other platforms need not wait for this one
      heard.catch((error: unknown) => onProblem('Discord is not heard, and will not be', { error: String(error) }))
    },
    async post(place, card, asker) {
      const message = await posting.post(place, card, asker)
      whispering.cardStands(card.request)
      return message
    },
    edit: (place, message, card, asker, whereGone) => posting.edit(place, message, card, asker, whereGone),
    whisper: (place, actor, answer) => whispering.whisper(place, actor, answer),
    confide: (place, actor, answer, request) => whispering.confide(place, actor, answer, request),
    async stop() {
      door = undefined
      ending.abort()
      await Promise.race([hearing.settled(), delay(goodbyeMilliseconds, undefined, { ref: false })])
      posting.stop()
      await gateway.close()
      api.stop()
    },
  }
}
