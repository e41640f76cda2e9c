import type { ModalView } from '@slack/types'
import { z } from 'zod'
import type { Command } from '../../core/command.ts'
import { toJailopsError } from '../../core/errors.ts'
import type { Actor } from '../../core/policy.ts'
import type { Door, Form, Place } from '../adapter.ts'
import { actions, plain, section } from './blocks.ts'
import type { Clients, OnProblem } from './clients.ts'
import { configProblem, slackWord } from './errors.ts'
import { escapeText } from './escape.ts'
import { formOf } from './forms.ts'
import type { Identity } from './identity.ts'
import { chooserView, formView } from './modals.ts'
import type { Whispering } from './whispering.ts'

/** Who asked for a modal, where, and by which trigger; a trigger lives for three seconds. */
export interface Asking {
  actor: Actor
  /** Undefined where a shortcut was used that belongs to no channel. */
  place: Place | undefined
  trigger: string
}

/** Asks for what was not said. Everything here happens behind the acknowledgement. */
export interface Dialogs {
  openForm(asking: Asking, form: Form): Promise<void>
  openChooser(asking: Asking): Promise<void>
  /** The chooser becomes the form of the command that was chosen in it. */
  turnIntoForm(asking: Omit<Asking, 'trigger'>, view: string, command: string): Promise<void>
  /** A mention has no trigger, so it is answered with a button that has one. */
  offer(place: Place, actor: Actor, said: string | undefined): Promise<void>
}

export interface DialogsOptions {
  clients: Clients
  identity: Identity
  whispering: Whispering
  commands: readonly Command[]
  door: Door
  onProblem: OnProblem
}

export const offerAction = 'offer'
/** What the button of an offer remembers. */
export const offerSchema = z.object({ said: z.string().optional(), thread: z.string().optional() })

export function createDialogs({ clients, identity, whispering, commands, door, onProblem }: DialogsOptions): Dialogs {
  const { interactive } = clients

  async function show(asking: Omit<Asking, 'trigger'>, call: () => Promise<unknown>): Promise<void> {
    try {
      await call()
    } catch (error) {
      onProblem('a modal could not be shown', { error: String(error) })
      const expired = slackWord(error) === 'expired_trigger_id' || slackWord(error) === 'trigger_expired'
      const why = configProblem(error, 'bot token')?.message ?? (expired ? 'It came too late.' : 'Slack did not open it.')
      await tell(asking, 'The form did not open', `${why} Try again, or say the command with its arguments; /jailops help shows examples.`)
    }
  }

  function tell({ place, actor }: Omit<Asking, 'trigger'>, title: string, text: string): Promise<void> {
    return whispering.whisper(place, actor, { title, text })
  }

  function viewOf(form: Form, place: Place | undefined, known: Actor | undefined): ModalView {
    const values = (argument: string) =>
      known === undefined ? [] : door.values({ command: form.command, argument, typed: '', actor: known })
    return formView({ form, values, ...(place !== undefined && { place }) })
  }

  /** @returns whether the person may go on; who they are may still be unknown, and is asked again when the form is sent */
  async function mayGoOn(asking: Omit<Asking, 'trigger'>, command: string, known: Actor | undefined): Promise<boolean> {
    try {
      if (known !== undefined) door.may(command, known)
      return true
    } catch (error) {
      await tell(asking, 'That is not for you', toJailopsError(error).message)
      return false
    }
  }

  return {
    async openForm(asking, form) {
      const known = await identity.identifySoon(asking.actor)
      if (!(await mayGoOn(asking, form.command, known))) return
      await show(asking, () => interactive.views.open({ trigger_id: asking.trigger, view: viewOf(form, asking.place, known) }))
    },
    async openChooser(asking) {
      const known = await identity.identifySoon(asking.actor)
      if (known === undefined) return tell(asking, 'Try again', 'Slack did not say in time who you are, so nothing was done.')
      const mine = door.commands(known)
      if (mine.length === 0) {
        return tell(asking, 'There is nothing to choose', 'You have no role here. Ask whoever keeps jailops.yaml.')
      }
      const view = chooserView({ commands: mine, ...(asking.place !== undefined && { place: asking.place }) })
      await show(asking, () => interactive.views.open({ trigger_id: asking.trigger, view }))
    },
    async turnIntoForm(asking, view, command) {
      const form = formOf({ kind: 'options', command, options: {} }, door, commands)
      const known = await identity.identifySoon(asking.actor)
      if (form === undefined || !(await mayGoOn(asking, command, known))) return
      await show(asking, () => interactive.views.update({ view_id: view, view: viewOf(form, asking.place, known) }))
    },
    async offer(place, actor, said) {
      const words = said !== undefined && said.length <= 1500 ? { said } : {}
      const value = JSON.stringify({ ...words, ...(place.thread !== undefined && { thread: place.thread }) })
      const sentence = said === undefined ? 'What should be done?' : `/${said} needs more.`
      await whispering.whisperMessage(place, actor, {
        text: escapeText(sentence.slice(0, 600).toWellFormed()),
        blocks: [
          section(sentence.slice(0, 2000).toWellFormed()),
          actions([
            {
              type: 'button',
              action_id: offerAction,
              text: plain(said === undefined ? 'Choose a command' : 'Fill in'),
              value,
              style: 'primary',
            },
          ]),
        ],
      })
    },
  }
}
