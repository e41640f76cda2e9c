import { InteractionResponseType, MessageFlags, type RESTPostAPIInteractionCallbackJSONBody } from 'discord-api-types/v10'
import { z } from 'zod'
import type { Clock } from '../../core/clock.ts'
import type { Door, Said } from '../adapter.ts'
import { sentenceOfRefusal } from '../refusal.ts'
import type { Api } from './api.ts'
import { choicesFor } from './completing.ts'
import { markdownWithin } from './escape.ts'
import { createForms } from './modal.ts'
import {
  actorOf,
  type Address,
  addressSchema,
  type Interaction,
  interactionSchema,
  kinds,
  platform,
  placeOf,
  submitted,
} from './payload.ts'
import { pressOfId } from './press-id.ts'
import type { Recent } from './recent.ts'
import { codeOf, codes } from './refusals.ts'
import { lineOf, saidOf } from './said.ts'

/** Everything that people do on Discord, to the door and back as a first response. */
export interface Hearing {
  /** The payload of an INTERACTION_CREATE, however wrong. Never throws. */
  hear(payload: unknown, door: Door): void
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>
}

export interface HearingOptions {
  api: Api
  recent: Recent
  guild: string
  now: Clock
  onProblem(what: string, details: Record<string, unknown>): void
}

type Response = RESTPostAPIInteractionCallbackJSONBody

const mostCharacters = 1900
const unreadable = 'jailops could not read what Discord sent of this, so nothing was done. Say it again; the log has the details.'
const staleButton =
  'This button is from another version of jailops, so nothing was done. Use the words instead: /approve, /deny or /job cancel.'
const staleForm = 'This form is no longer known, so nothing was done. Say the command again.'

export function createHearing({ api, recent, guild, now, onProblem }: HearingOptions): Hearing {
  const forms = createForms()
  const underway = new Set<Promise<unknown>>()

  /** @returns whether Discord took it; late or not, what was said stays said */
  async function respond(address: Address, body: Response): Promise<boolean> {
    try {
      await api.respond(address, body)
      return true
    } catch (error) {
      // the same delivery came twice, and the other one was answered
      if (codeOf(error) === codes.alreadyAnswered) return true
      const isLate = codeOf(error) === codes.unknownInteraction
      onProblem(isLate ? 'Discord says that a response came too late' : 'Discord did not take a response', {
        interaction: address.id,
        error: String(error),
      })
      return false
    }
  }

  async function take(interaction: Interaction, said: Said, door: Door): Promise<void> {
    const actor = actorOf(interaction, guild)
    const place = placeOf(interaction)
    const { id, application_id, token, type } = interaction
    const spoken = { address: { id, application_id, token, type }, place, person: actor.id, at: now() }
    const isPress = said.kind === 'press'
    const line = lineOf(said)
    const acknowledge = (request: string) => {
      const answered = respond(interaction, isPress ? { type: InteractionResponseType.DeferredMessageUpdate } : takenUp(line, request))
      recent.add({ ...spoken, answered, ...(!isPress && { taken: { request, line } }) })
      return answered
    }
    try {
      await door.receive({ delivery: `${platform}:${interaction.id}:${actor.id}`, actor, place, said }, acknowledge)
    } catch (error) {
      const answered = respond(interaction, privately(sentenceOfRefusal(error)))
      recent.add({ ...spoken, answered })
      await answered
    }
  }

  /** A form where something is missing; who may not say it at all is told so first. */
  async function command(interaction: Interaction, said: Said, door: Door): Promise<void> {
    const form = door.form(said)
    if (form === undefined || form.fields.length === 0) return take(interaction, said, door)
    const actor = actorOf(interaction, guild)
    let body: Response
    try {
      door.may(form.command, actor)
      const known = (argument: string) => door.values({ command: form.command, argument, typed: '', actor })
      body = { type: InteractionResponseType.Modal, data: forms.open(form, known) }
    } catch (error) {
      body = privately(sentenceOfRefusal(error))
    }
    await respond(interaction, body)
  }

  async function handle(interaction: Interaction, door: Door): Promise<void> {
    switch (interaction.type) {
      case kinds.autocomplete: {
        const choices = choicesFor(interaction.data, actorOf(interaction, guild), door)
        await respond(interaction, { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices } })
        return
      }
      case kinds.command:
        return command(interaction, saidOf(interaction.data), door)
      case kinds.press: {
        const press = pressOfId(interaction.data.custom_id)
        if (press !== undefined) return take(interaction, { kind: 'press', press }, door)
        await respond(interaction, privately(staleButton))
        return
      }
      case kinds.modal: {
        const said = forms.said(interaction.data.custom_id, submitted(interaction.data))
        if (said !== undefined) return take(interaction, said, door)
        await respond(interaction, privately(staleForm))
      }
    }
  }

  async function misheard(payload: unknown, error: z.ZodError): Promise<void> {
    onProblem('Discord sent an interaction that is not understood', { error: z.prettifyError(error).slice(0, 1000) })
    const address = addressSchema.safeParse(payload).data
    if (address === undefined) return
    const nothing: Response = { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices: [] } }
    await respond(address, address.type === kinds.autocomplete ? nothing : privately(unreadable))
  }

  return {
    hear(payload, door) {
      const parsed = interactionSchema.safeParse(payload)
      const work = (parsed.success ? handle(parsed.data, door) : misheard(payload, parsed.error)).catch((error: unknown) =>
        onProblem('an interaction of Discord’s failed', { error: String(error) }),
      )
      underway.add(work)
      void work.then(() => underway.delete(work))
    },
    async settled() {
      await Promise.all(underway)
    },
  }
}

function takenUp(line: string, request: string): Response {
  return privately(`Taken up: ${line} (${request})`)
}

function privately(sentence: string): Response {
  const data = { content: markdownWithin(sentence, mostCharacters).text, flags: MessageFlags.Ephemeral, allowed_mentions: { parse: [] } }
  return { type: InteractionResponseType.ChannelMessageWithSource, data }
}
