import { z } from 'zod'
import type { Answer } from '../../core/card.ts'
import type { Clock } from '../../core/clock.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Actor } from '../../core/policy.ts'
import type { Place } from '../adapter.ts'
import type { ChatFile } from '../chart/chart-file.ts'
import { createOutbox } from '../outbox.ts'
import type { Clients, OnProblem } from './clients.ts'
import { judge } from './errors.ts'
import { createMemory } from './memory.ts'
import { renderAnswer, type SlackMessage } from './render.ts'

/** Says things to one person, where they are, or else in a direct message. */
export interface Whispering {
  whisper(place: Place | undefined, actor: Actor, answer: Answer): Promise<void>
  /** The same with blocks of our own, such as a button that opens a modal. */
  whisperMessage(place: Place | undefined, actor: Actor, message: SlackMessage): Promise<void>
  /** A way back to this person in this place, good for a while even where the app may not write. */
  remember(url: string | undefined, channel: string, person: string): void
  /** @returns the id of the direct messages with this person */
  direct(person: string): Promise<string>
  stop(): void
}

export interface WhisperingOptions {
  clients: Clients
  now: Clock
  onProblem: OnProblem
  /** Puts files into a conversation. */
  upload(channel: string, files: readonly ChatFile[]): Promise<void>
}

/** What Slack grants a response_url. */
const uses = 5
const freshMilliseconds = 29 * 60_000

interface WayBack {
  url: string
  until: number
  left: number
}

const openedSchema = z.looseObject({ channel: z.looseObject({ id: z.string() }) })

export function createWhispering({ clients, now, onProblem, upload }: WhisperingOptions): Whispering {
  const { interactive } = clients
  const waysBack = createMemory<WayBack>(2000)
  const directs = createMemory<string>(1000)
  const outbox = createOutbox({ spacingMilliseconds: 0, judge })

  async function direct(person: string): Promise<string> {
    const known = directs.get(person)
    if (known !== undefined) return known
    const { channel } = openedSchema.parse(await interactive.conversations.open({ users: person }))
    directs.set(person, channel.id)
    return channel.id
  }

  async function byWayBack({ channel, thread }: Place, person: string, message: SlackMessage): Promise<boolean> {
    const key = `${channel} ${person}`
    const way = waysBack.get(key)
    if (way === undefined || way.left === 0 || way.until < now()) return false
    way.left--
    const response = await clients.fetch(way.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        response_type: 'ephemeral',
        replace_original: false,
        ...message,
        ...(thread !== undefined && { thread_ts: thread }),
      }),
      signal: AbortSignal.timeout(5000),
    })
    await response.text()
    if (!response.ok) waysBack.delete(key)
    return response.ok
  }

  /** A rate limit or an outage is waited out; what is for good leads to the next way. */
  async function say(place: Place | undefined, actor: Actor, message: SlackMessage): Promise<void> {
    if (place !== undefined) {
      try {
        await interactive.chat.postEphemeral({
          channel: place.channel,
          user: actor.id,
          ...message,
          ...(place.thread !== undefined && { thread_ts: place.thread }),
        })
        return
      } catch (error) {
        if (await byWayBack(place, actor.id, message).catch(() => false)) return
        if (judge(error, 1) !== 'final') throw error
      }
    }
    await interactive.chat.postMessage({ channel: await direct(actor.id), ...message, unfurl_links: false, unfurl_media: false })
  }

  async function whisperMessage(place: Place | undefined, actor: Actor, message: SlackMessage): Promise<void> {
    try {
      await outbox.send(actor.id, () => say(place, actor, message))
    } catch (error) {
      throw new JailopsError('cannot_show', 'Slack does not let jailops say anything to this person.', { cause: error })
    }
  }

  return {
    direct,
    whisperMessage,
    async whisper(place, actor, answer) {
      const { message, files } = renderAnswer(answer)
      await whisperMessage(place, actor, message)
      if (files.length === 0) return
      // only what everybody sees can hold files
      const sent = direct(actor.id).then((channel) => upload(channel, files))
      await sent.catch((error: unknown) => onProblem('a file for one person could not be sent', { error: String(error) }))
    },
    remember(url, channel, person) {
      if (url !== undefined) waysBack.set(`${channel} ${person}`, { url, until: now() + freshMilliseconds, left: uses })
    },
    stop: () => outbox.stop(),
  }
}
