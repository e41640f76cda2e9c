import type { RespondArguments } from '@slack/bolt'
import type { Command } from '../../core/command.ts'
import type { Actor } from '../../core/policy.ts'
import type { Door, Place, Said } from '../adapter.ts'
import { sentenceOfRefusal } from '../refusal.ts'
import type { OnProblem } from './clients.ts'
import type { Dialogs } from './dialogs.ts'
import { escapeText, typedText } from './escape.ts'
import { globalShortcut, mainCommand, messageShortcut, slashWords } from './manifest.ts'
import { commandSchema, mentionSchema, shortcutSchema } from './payloads.ts'
import type { Whispering } from './whispering.ts'

/** Words that people say: slash commands, mentions, shortcuts. Each resolves to what goes back with the acknowledgement. */
export interface Hearing {
  command(body: unknown): Promise<RespondArguments | undefined>
  mention(body: unknown): Promise<void>
  shortcut(body: unknown): Promise<void>
}

export interface HearingOptions {
  door: Door
  commands: readonly Command[]
  dialogs: Dialogs
  whispering: Whispering
  /** Work that nobody waits for. */
  behind(work: Promise<unknown>): void
  /** The bot's own user id, if it is known already. */
  botUser(): string | undefined
  onProblem: OnProblem
}

export function createHearing({ door, commands, dialogs, whispering, behind, botUser, onProblem }: HearingOptions): Hearing {
  const slashes = new Set(slashWords(commands))

  return {
    async command(body) {
      const parsed = commandSchema.safeParse(body)
      if (!parsed.success) return onlyForYou(notUnderstood('a slash command', parsed.error, onProblem))
      const { command, text, user_id: id, user_name: name, channel_id: channel, trigger_id: trigger, response_url: url } = parsed.data
      const word = command.slice(1)
      const actor = actorOf(id, name)
      const place: Place = { platform: 'slack', channel }
      whispering.remember(url, channel, id)
      if (!slashes.has(word))
        return onlyForYou(`I know no command ${command}. There is: ${[...slashes].map((one) => `/${one}`).join(', ')}.`)
      const typed = typedText(text)
      const words = word === mainCommand ? typed : `${word} ${typed}`.trim()
      if (words === '') return void behind(dialogs.openChooser({ actor, place, trigger }))
      const said: Said = { kind: 'text', text: words }
      const form = door.form(said)
      if (form !== undefined) return void behind(dialogs.openForm({ actor, place, trigger }, form))
      try {
        await door.receive({ delivery: deliveryOf(trigger, id), actor, place, said })
        return undefined
      } catch (error) {
        return onlyForYou(sentenceOfRefusal(error))
      }
    },
    async mention(body) {
      const parsed = mentionSchema.safeParse(body)
      if (!parsed.success) return void notUnderstood('a mention', parsed.error, onProblem)
      const { event_id: delivery, event } = parsed.data
      if (event.bot_id !== undefined) return
      const actor = actorOf(event.user, '')
      const place: Place = { platform: 'slack', channel: event.channel, ...(event.thread_ts !== undefined && { thread: event.thread_ts }) }
      const words = afterMention(event.text, botUser())
      const said: Said = { kind: 'text', text: words }
      if (words === '') return behind(dialogs.offer(place, actor, undefined))
      if (door.form(said) !== undefined) return behind(dialogs.offer(place, actor, words))
      try {
        await door.receive({ delivery: deliveryOf(delivery, event.user), actor, place, said })
      } catch (error) {
        behind(whispering.whisper(place, actor, { title: 'That did not get through', text: sentenceOfRefusal(error) }))
      }
    },
    async shortcut(body) {
      const parsed = shortcutSchema.safeParse(body)
      if (!parsed.success) return void notUnderstood('a shortcut', parsed.error, onProblem)
      const { callback_id: callback, user, trigger_id: trigger, response_url: url, channel, message } = parsed.data
      const actor = actorOf(user.id, user.username ?? user.name ?? '')
      const thread = message?.thread_ts
      const place = channel === undefined ? undefined : { platform: 'slack', channel: channel.id, ...(thread !== undefined && { thread }) }
      if (channel !== undefined) whispering.remember(url, channel.id, user.id)
      if (callback === messageShortcut || callback === globalShortcut) return behind(dialogs.openChooser({ actor, place, trigger }))
      behind(whispering.whisper(place, actor, { title: 'I do not know this shortcut', text: 'Say /jailops instead.' }))
    },
  }
}

/** As the payload names them; nothing is believed of them until Slack is asked. */
export function actorOf(id: string, name: string): Actor {
  return { platform: 'slack', id, name: (name || id).slice(0, 200), groups: [], kind: 'unproved' }
}

/** The same thing done by the same person, however often and by whichever way Slack delivers it. */
export function deliveryOf(trigger: string, person: string): string {
  return `${trigger}:${person}`
}

export function notUnderstood(what: string, error: Error, onProblem: OnProblem): string {
  onProblem(`${what} was not understood`, { error: error.message })
  return 'Slack delivered this in a form that jailops does not understand, so nothing was done. Its log has the details.'
}

export function onlyForYou(sentence: string): RespondArguments {
  return { response_type: 'ephemeral', text: escapeText(sentence) }
}

/** What was said to the bot: all that comes after its name. */
function afterMention(text: string, botUser: string | undefined): string {
  const name = botUser === undefined ? /<@[A-Z0-9]+(?:\|[^>]*)?>/ : new RegExp(`<@${botUser}(?:\\|[^>]*)?>`)
  const found = name.exec(text)
  return typedText(found === null ? text : text.slice(found.index + found[0].length)).replace(/^\//, '')
}
