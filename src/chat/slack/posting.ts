import type { Card } from '../../core/card.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Actor } from '../../core/policy.ts'
import type { Place } from '../adapter.ts'
import type { ChatFile } from '../chart/chart-file.ts'
import type { Outbox } from '../outbox.ts'
import type { Clients, OnProblem } from './clients.ts'
import { closedSentence, configProblem, isClosed, isGone, judge, slackWord } from './errors.ts'
import { createMemory } from './memory.ts'
import { renderCard, type SlackMessage } from './render.ts'
import { hashOf, uploadFiles } from './uploading.ts'
import type { Whispering } from './whispering.ts'

/** Keeps cards in Slack's channels. A message's id is `CHANNEL/TS/THREAD/FILES`, where FILES are the hashes of those that hang on it. */
export interface Posting {
  post(place: Place, card: Card, asker: Actor): Promise<string>
  edit(place: Place, message: string, card: Card, asker: Actor, whereGone?: 'post' | 'leave'): Promise<string>
}

export interface PostingOptions {
  clients: Clients
  outbox: Outbox
  whispering: Whispering
  onProblem: OnProblem
}

/** Where a card stands. Files go into its thread. */
interface Standing {
  channel: string
  ts: string
  thread: string
  files: string
}

export function createPosting({ clients, outbox, whispering, onProblem }: PostingOptions): Posting {
  const { bulk } = clients
  /** Where a message that was gone was posted anew, and what hangs on messages, should an edit be tried again from its start. */
  const latest = createMemory<Standing>(500)
  /** What this process posted, should it be asked to post the same again: `CHANNEL THREAD REQUEST`. */
  const posted = createMemory<string>(500)

  async function send(channel: string, thread: string | undefined, message: SlackMessage): Promise<Standing> {
    const sent = await bulk.chat.postMessage({
      channel,
      ...message,
      unfurl_links: false,
      unfurl_media: false,
      ...(thread !== undefined && { thread_ts: thread }),
    })
    const ts = sent.ts ?? ''
    return { channel: sent.channel ?? channel, ts, thread: thread ?? ts, files: '' }
  }

  /** In the place; where that is closed to us, to the one who asked. */
  async function sendTo(place: Place, message: SlackMessage, asker: Actor): Promise<Standing> {
    try {
      return await send(place.channel, place.thread, message)
    } catch (error) {
      if (!isClosed(error) || asker.platform !== 'slack') throw error
      const standing = await send(await whispering.direct(asker.id), undefined, message)
      const why = whispering.whisper(place, asker, { title: 'Your card is in our direct messages', text: closedSentence(error) })
      void why.catch((problem: unknown) => onProblem('somebody could not be told where their card is', { error: String(problem) }))
      return standing
    }
  }

  /** The card is there already, so files that Slack will not take only make a problem. */
  async function attach(standing: Standing, files: readonly ChatFile[]): Promise<Standing> {
    const there = standing.files.split('.')
    const missing = files.filter((file) => !there.includes(hashOf(file)))
    if (missing.length === 0) return standing
    try {
      await uploadFiles(clients, { channel: standing.channel, thread: standing.thread }, missing)
    } catch (error) {
      if (judge(error, 1) !== 'final') throw error
      await withoutFiles(standing, missing, error)
    }
    return { ...standing, files: [standing.files, ...missing.map(hashOf)].filter(Boolean).join('.') }
  }

  async function withoutFiles({ channel, thread }: Standing, files: readonly ChatFile[], error: unknown): Promise<void> {
    const reason = configProblem(error, 'bot token')?.message ?? `Slack says ${slackWord(error) ?? 'no'}.`
    onProblem('files could not be attached', { error: String(error), files: files.map(({ name }) => name) })
    const text = `The files of this card could not be attached, so it does not show everything. ${reason}`
    await bulk.chat
      .postMessage({ channel, thread_ts: thread, text, unfurl_links: false, unfurl_media: false })
      .catch((failure: unknown) => {
        if (judge(failure, 1) !== 'final') throw failure
      })
  }

  async function edit(place: Place, id: string, card: Card, asker: Actor, whereGone: 'post' | 'leave' = 'post'): Promise<string> {
    const { message, files } = renderCard(card)
    const known = standingOf(id)
    const call = async (): Promise<string> => {
      let standing = latest.get(id) ?? known
      try {
        if (standing !== undefined) await bulk.chat.update({ channel: standing.channel, ts: standing.ts, ...message })
      } catch (error) {
        if (!isGone(error)) throw error
        if (whereGone === 'leave') throw new JailopsError('message_gone', 'The message is not there any more.', { cause: error })
        standing = undefined
      }
      standing ??= await sendTo(place, message, asker)
      latest.set(id, standing)
      standing = await attach(standing, files)
      latest.set(id, standing)
      return idOf(standing)
    }
    try {
      return await outbox.edit(known?.channel ?? place.channel, id, call)
    } catch (error) {
      throw cannotShow(error)
    }
  }

  return {
    edit,
    async post(place, card, asker) {
      const key = `${place.channel} ${place.thread ?? ''} ${card.request}`
      const before = posted.get(key)
      if (before !== undefined) return edit(place, before, card, asker)
      const { message, files } = renderCard(card)
      try {
        const standing = await outbox.send(place.channel, () => sendTo(place, message, asker))
        posted.set(key, idOf(standing))
        if (files.length === 0) return idOf(standing)
        return idOf(await outbox.send(standing.channel, () => attach(standing, files)))
      } catch (error) {
        throw cannotShow(error)
      }
    },
  }
}

function cannotShow(error: unknown): unknown {
  if (judge(error, 1) !== 'final') return error
  if (error instanceof JailopsError) return error
  // somebody can set this right, and then it is shown
  const problem = configProblem(error, 'bot token')
  if (problem !== undefined) return problem
  return new JailopsError('cannot_show', `Slack does not take this card (${slackWord(error) ?? 'no reason given'}).`, { cause: error })
}

function idOf({ channel, ts, thread, files }: Standing): string {
  return [channel, ts, thread, files].join('/')
}

function standingOf(id: string): Standing | undefined {
  const [channel = '', ts = '', thread = '', files = ''] = id.split('/')
  return channel === '' || ts === '' ? undefined : { channel, ts, thread: thread || ts, files }
}
