import type { OptionsOf, ViewAnswer } from './answers.ts'
import { pressSchema } from '../../core/card.ts'
import type { Door, Place } from '../adapter.ts'
import { sentenceOfRefusal } from '../refusal.ts'
import { limits } from './blocks.ts'
import { pressAction } from './buttons.ts'
import type { Dialogs } from './dialogs.ts'
import { offerAction, offerSchema } from './dialogs.ts'
import { chosenChannel, filledIn } from './forms.ts'
import { actorOf, deliveryOf, type HearingOptions, notUnderstood } from './hearing.ts'
import type { Identity } from './identity.ts'
import { commandSelect, formCallback, type Metadata, metadataSchema, noticeView, optionsOf, placeSelect } from './modals.ts'
import { type Actions, actionsSchema, submissionSchema, suggestionSchema } from './payloads.ts'

/** Buttons, selects and modals. Each resolves to what goes back with the acknowledgement. */
export interface Acting {
  actions(body: unknown): Promise<void>
  submission(body: unknown): Promise<ViewAnswer | undefined>
  suggestions(body: unknown): Promise<OptionsOf>
}

export type ActingOptions = Omit<HearingOptions, 'botUser'> & { identity: Identity }

export function createActing({ door, dialogs, whispering, identity, behind, onProblem }: ActingOptions): Acting {
  return {
    async actions(body) {
      const parsed = actionsSchema.safeParse(body)
      if (!parsed.success) return void notUnderstood('a button', parsed.error, onProblem)
      const { user, trigger_id: trigger, response_url: url, view, actions } = parsed.data
      const actor = actorOf(user.id, user.username ?? user.name ?? '')
      const place = placeOf(parsed.data)
      const [action] = actions
      if (place !== undefined) whispering.remember(url, place.channel, user.id)
      if (action === undefined) return
      if (view !== undefined) {
        if (action.action_id !== commandSelect) return
        const command = action.selected_option?.value
        const channel = chosenChannel(view.state)
        const at = metadataOf(view.private_metadata).place ?? (channel === undefined ? undefined : { platform: 'slack', channel })
        if (command !== undefined) behind(dialogs.turnIntoForm({ actor, place: at }, view.id, command))
        return
      }
      if (place === undefined) return
      if (action.action_id === offerAction) return behind(answerOffer({ door, dialogs }, action.value, { actor, place, trigger }))
      const press = pressSchema.safeParse(jsonOf(action.value))
      if (!action.action_id.startsWith(pressAction) || !press.success) {
        return behind(
          whispering.whisper(place, actor, { title: 'I do not know this button any more', text: 'Nothing was done. Say /job list.' }),
        )
      }
      try {
        await door.receive({ delivery: deliveryOf(trigger, user.id), actor, place, said: { kind: 'press', press: press.data } })
      } catch (error) {
        behind(whispering.whisper(place, actor, { title: 'That did not count', text: sentenceOfRefusal(error) }))
      }
    },
    async submission(body) {
      const parsed = submissionSchema.safeParse(body)
      if (!parsed.success) return update(notUnderstood('a form', parsed.error, onProblem))
      const { user, view, trigger_id: trigger } = parsed.data
      const { command, place: remembered } = metadataOf(view.private_metadata)
      const channel = chosenChannel(view.state)
      const place = remembered ?? (channel === undefined ? undefined : { platform: 'slack', channel })
      if (view.callback_id !== formCallback || command === undefined)
        return update('I do not know this form any more, so nothing was done.')
      if (place === undefined) return { response_action: 'errors', errors: { [placeSelect]: 'Choose where its card should go.' } }
      try {
        await door.receive({
          delivery: deliveryOf(trigger ?? view.id, user.id),
          actor: actorOf(user.id, user.username ?? user.name ?? ''),
          place,
          said: { kind: 'options', command, options: filledIn(view.state) },
        })
        return { response_action: 'clear' }
      } catch (error) {
        const sentence = sentenceOfRefusal(error)
        // under an input, so that the form stays open with what was typed
        const input = view.blocks.find(({ type }) => type === 'input')?.block_id
        return input === undefined ? update(sentence) : { response_action: 'errors', errors: { [input]: sentence } }
      }
    },
    async suggestions(body) {
      const parsed = suggestionSchema.safeParse(body)
      if (!parsed.success) {
        notUnderstood('a question for suggestions', parsed.error, onProblem)
        return { options: [] }
      }
      const { user, block_id: argument, action_id: action, value: typed, view } = parsed.data
      const actor = await identity.identifySoon(actorOf(user.id, user.username ?? user.name ?? ''))
      if (actor === undefined) return { options: [] }
      const { command } = metadataOf(view?.private_metadata ?? '')
      if (action === commandSelect) {
        const mine = door.commands(actor).filter(({ path }) => path.includes(typed.toLowerCase()))
        return { options: optionsOf(mine.map(({ path, summary }) => ({ value: path, hint: summary }))).slice(0, limits.options) }
      }
      if (command === undefined) return { options: [] }
      return { options: optionsOf(door.values({ command, argument, typed, actor })).slice(0, limits.options) }
    },
  }
}

async function answerOffer(
  { door, dialogs }: { door: Door; dialogs: Dialogs },
  value: string | undefined,
  asking: Parameters<Dialogs['openChooser']>[0],
): Promise<void> {
  const { said, thread } = offerSchema.safeParse(jsonOf(value)).data ?? {}
  const { place } = asking
  const at = place === undefined ? asking : { ...asking, place: { ...place, ...(thread !== undefined && { thread }) } }
  const form = said === undefined ? undefined : door.form({ kind: 'text', text: said })
  return form === undefined ? dialogs.openChooser(at) : dialogs.openForm(at, form)
}

/** Where the button is: a message that began a thread is not in it. */
function placeOf({ container, channel, message }: Actions): Place | undefined {
  const id = container?.channel_id ?? channel?.id
  if (id === undefined) return undefined
  const thread = message?.thread_ts ?? container?.thread_ts
  const isReply = thread !== undefined && thread !== (message?.ts ?? container?.message_ts)
  return { platform: 'slack', channel: id, ...(isReply && { thread }) }
}

function metadataOf(text: string): Metadata {
  return metadataSchema.safeParse(jsonOf(text)).data ?? {}
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

function update(sentence: string): ViewAnswer {
  return { response_action: 'update', view: noticeView('jailops', sentence) }
}
