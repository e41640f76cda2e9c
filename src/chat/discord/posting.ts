import type { Card } from '../../core/card.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Actor } from '../../core/policy.ts'
import type { Place } from '../adapter.ts'
import { createOutbox } from '../outbox.ts'
import type { Api, PostedMessage } from './api.ts'
import { forgetOldest } from './bounded.ts'
import { nameFiles, nonceOf, readMessageId, writeMessageId } from './message-id.ts'
import { platform } from './payload.ts'
import { cannotShow, codeOf, codes, isClosed, judge, wayIn } from './refusals.ts'
import { renderCard, type Rendered } from './render.ts'

/** Cards as ordinary messages of the bot, edited with its own token: those of interactions die after 15 minutes. */
export interface Posting {
  post(place: Place, card: Card, asker: Actor): Promise<string>
  edit(place: Place, message: string, card: Card, asker: Actor, whereGone?: 'post' | 'leave'): Promise<string>
  /** An ordinary message with words before it. @throws what Discord says for good */
  say(channel: string, words: string, rendered: Rendered): Promise<void>
  /** The same to one person alone. */
  sayTo(user: string, words: string, rendered: Rendered): Promise<void>
  stop(): void
}

export interface PostingOptions {
  api: Api
  /** Tells the asker, where they asked, why the card is not there. */
  tell(place: Place, asker: Actor, request: string, sentence: string): void
}

const mostKept = 2000

export function createPosting({ api, tell }: PostingOptions): Posting {
  const outbox = createOutbox({ spacingMilliseconds: 0, judge })
  /** The files on the messages of this run; what the caller's id says may be older. */
  const filesOn = new Map<string, string>()

  function remember(message: string, files: string): void {
    filesOn.delete(message)
    filesOn.set(message, files)
    forgetOldest(filesOn, mostKept)
  }

  async function create(channel: string, { message, files }: Rendered, nonce: string, content = ''): Promise<string> {
    const before = content === '' ? {} : { content }
    const posted = await api.createMessage(channel, { ...before, ...message, nonce, enforce_nonce: true }, files)
    // posted once before, and it may say what was true then
    if (!says(posted, { message, files }))
      await api.editMessage(channel, posted.id, { ...message, ...(files.length === 0 && { attachments: [] }) }, files)
    remember(posted.id, nameFiles(files))
    return writeMessageId({ channel, message: posted.id, files: nameFiles(files) })
  }

  async function change(id: string, rendered: Rendered): Promise<string | undefined> {
    const known = readMessageId(id)
    if (known === undefined) return undefined
    const { channel, message } = known
    const files = nameFiles(rendered.files)
    const areSame = files === (filesOn.get(message) ?? known.files)
    try {
      const attachments = areSame || rendered.files.length > 0 ? {} : { attachments: [] }
      await api.editMessage(channel, message, { ...rendered.message, ...attachments }, areSame ? [] : rendered.files)
    } catch (error) {
      if (codeOf(error) === codes.unknownMessage) return undefined
      throw error
    }
    remember(message, files)
    return writeMessageId({ channel, message, files })
  }

  /** Where the place is closed to us, the card goes to the one who asked. */
  async function orToAsker(place: Place, card: Card, asker: Actor, show: () => Promise<string>): Promise<string> {
    try {
      return await show()
    } catch (error) {
      if (!isClosed(error)) throw error
      const sentence = wayIn(error)
      if (asker.platform !== platform) throw new JailopsError('cannot_show', sentence, { cause: error })
      const channel = await api.directChannel(asker.id)
      const id = await create(channel, renderCard(card), nonceOf(card.request, channel), sentence)
      tell(place, asker, card.request, sentence)
      return id
    }
  }

  return {
    async post(place, card, asker) {
      const send = () => create(place.channel, renderCard(card), nonceOf(card.request, place.channel))
      return outbox.send(`post ${place.channel}`, () => orToAsker(place, card, asker, send)).catch(rethrow)
    },
    async edit(place, message, card, asker, whereGone = 'post') {
      const { channel, message: key } = readMessageId(message) ?? { channel: place.channel, message }
      const send = async () => {
        const rendered = renderCard(card)
        const changed = await change(message, rendered)
        if (changed === undefined && whereGone === 'leave') throw new JailopsError('message_gone', 'The message is not there any more.')
        return changed ?? (await create(channel, rendered, nonceOf(card.request, channel, key)))
      }
      return outbox.edit(`edit ${channel}`, `${channel}/${key}`, () => orToAsker(place, card, asker, send)).catch(rethrow)
    },
    async say(channel, words, rendered) {
      const nonce = nonceOf(crypto.randomUUID(), channel)
      await outbox.send(`post ${channel}`, () => create(channel, rendered, nonce, words))
    },
    async sayTo(user, words, rendered) {
      const nonce = nonceOf(crypto.randomUUID(), user)
      await outbox.send(`direct ${user}`, async () => create(await api.directChannel(user), rendered, nonce, words))
    },
    stop: () => outbox.stop(),
  }
}

function rethrow(error: unknown): never {
  throw cannotShow(error)
}

/** Whether the message says what was sent: Discord may have answered with one that was there already. */
function says(posted: PostedMessage, { message, files }: Rendered): boolean {
  return posted.attachments.length === files.length && wordsOf(posted.embeds) === wordsOf(message.embeds)
}

interface Worded {
  title?: string | undefined
  description?: string | undefined
  author?: { name?: string | undefined } | undefined
  footer?: { text?: string | undefined } | undefined
  fields?: { name: string; value: string }[] | undefined
}

function wordsOf(embeds: readonly Worded[]): string {
  const all = embeds.flatMap(({ title, description, author, footer, fields = [] }) => [
    title,
    author?.name,
    description,
    footer?.text,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ])
  return all.map((text) => (text ?? '').replace(/\s+/g, ' ').trim()).join('\n')
}
