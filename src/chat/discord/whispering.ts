import { MessageFlags } from 'discord-api-types/v10'
import type { Answer } from '../../core/card.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Actor } from '../../core/policy.ts'
import type { Place } from '../adapter.ts'
import type { Api } from './api.ts'
import { markdownWithin } from './escape.ts'
import type { Posting } from './posting.ts'
import type { Recent, Spoken } from './recent.ts'
import { renderAnswer, type Rendered } from './render.ts'

/** What only one person is told, as privately as Discord still allows. Never throws: what cannot be told is reported. */
export interface Whispering {
  whisper(place: Place, actor: Actor, answer: Answer): Promise<void>
  /** By a private way only. @throws cannot_show */
  confide(place: Place, actor: Actor, answer: Answer, request: string): Promise<void>
  /** The reply that said that the request was taken up goes: its card stands. */
  cardStands(request: string): void
  /** That reply says something else from now on. */
  tell(place: Place, actor: Actor, request: string, sentence: string): void
}

export interface WhisperingOptions {
  api: Api
  posting(): Posting
  recent: Recent
  onProblem(what: string, details: Record<string, unknown>): void
}

export function createWhispering({ api, posting, recent, onProblem }: WhisperingOptions): Whispering {
  /** In the place of the reply that something was taken up. @returns whether Discord took it */
  async function replace(spoken: Spoken, rendered: Rendered): Promise<boolean> {
    recent.release(spoken)
    const { message, files } = rendered
    return attempt(spoken, () => api.editReply(spoken.address, { content: '', ...message }, files))
  }

  async function followUp(spoken: Spoken, { message, files }: Rendered): Promise<boolean> {
    return attempt(spoken, () => api.followUp(spoken.address, { ...message, flags: MessageFlags.Ephemeral }, files))
  }

  async function attempt(spoken: Spoken, call: () => Promise<void>): Promise<boolean> {
    try {
      if (!(await spoken.answered)) throw new Error('Discord did not take the first response')
      await call()
      return true
    } catch {
      recent.forget(spoken)
      return false
    }
  }

  async function whisper(place: Place, actor: Actor, answer: Answer): Promise<void> {
    const rendered = renderAnswer(answer)
    const reply = recent.replyFor(place, actor, answer.title)
    if (reply !== undefined && (await replace(reply, rendered))) return
    const freshest = recent.freshest(place, actor)
    if (freshest !== undefined && (await followUp(freshest, rendered))) return
    try {
      await posting().sayTo(actor.id, '', rendered)
    } catch {
      await posting().say(place.channel, `${markdownWithin(actor.name, 200).text}:`, rendered)
    }
  }

  return {
    whisper: (place, actor, answer) =>
      whisper(place, actor, answer).catch((error: unknown) =>
        onProblem('Discord took no way to tell somebody something', { person: actor.id, title: answer.title, error: String(error) }),
      ),
    async confide(place, actor, answer, request) {
      const rendered = renderAnswer(answer)
      const reply = recent.takenUp(request)
      if (reply !== undefined && (await replace(reply, rendered))) return
      const freshest = recent.freshest(place, actor)
      if (freshest !== undefined && (await followUp(freshest, rendered))) return
      try {
        await posting().sayTo(actor.id, '', rendered)
      } catch (error) {
        throw new JailopsError('cannot_show', 'Discord lets jailops say nothing to this person alone.', { cause: error })
      }
    },
    cardStands(request) {
      const spoken = recent.takenUp(request)
      if (spoken === undefined) return
      recent.release(spoken)
      void attempt(spoken, () => api.deleteReply(spoken.address))
    },
    tell(place, actor, request, sentence) {
      const rendered = renderAnswer({ title: 'Your card is in your direct messages', text: sentence })
      const reply = recent.takenUp(request)
      const spoken = reply ?? recent.freshest(place, actor)
      if (spoken !== undefined) void (reply === undefined ? followUp(spoken, rendered) : replace(reply, rendered))
    },
  }
}
