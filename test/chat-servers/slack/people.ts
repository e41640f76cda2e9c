import { randomUUID } from 'node:crypto'
import type { Option } from '@slack/types'
import { z } from 'zod'
import type { AckReader } from './acks.ts'
import type { Deliveries } from './delivery.ts'
import { suggestionsSchema } from './elements.ts'
import { fill, findButton, findElement, problemOfForm, type Placed } from './form.ts'
import type { Delivered, Filled, SelectPlace, SlackPerson } from './interface.ts'
import * as payloads from './payloads.ts'
import type { ResponseUrls, Triggers } from './triggers.ts'
import { blocksOf, type Screen, type Views } from './views.ts'
import { bot, type Channel, type Message, type User, type World } from './world.ts'

export interface PeopleParts {
  world: World
  views: Views
  triggers: Triggers
  responseUrls: ResponseUrls
  deliveries: Deliveries
  acks: AckReader
  origin: string
}

const unheard: Delivered = { acknowledgedInMs: undefined, payload: undefined }
const defaultMinQuery = 3

/** What `as(user)` can do. */
export function personOf(parts: PeopleParts, id: string): SlackPerson {
  const { world, views, triggers, responseUrls, deliveries, acks, origin } = parts
  const user = world.person(id)
  const interact = (delivery: string, payload: object): Promise<Delivered> =>
    deliveries.deliver({ id: delivery, kind: 'interactive', payload })
  const responseUrl = (channel: Channel, message?: Message): string =>
    `${origin}${responseUrls.issue(channel, id, message?.ts, message?.threadTs)}`
  const see = (channel: string, ts: string): Seen => ({
    channel: channelOf(parts, user, channel),
    message: world.messageSeenBy(id, channel, ts),
  })
  const lookAt = (place: SelectPlace): Screen | Seen =>
    place.viewId === undefined ? see(place.channel, place.ts) : views.seenBy(id, place.viewId)

  const actInMessage = (
    { channel, message }: Seen,
    placed: Placed,
    delivery: string,
    chosen?: ReturnType<typeof fill>,
  ): Promise<Delivered> => {
    const trigger = triggers.issue(delivery, id)
    const action = { user, trigger, placed, chosen, actionTs: world.newTs() }
    return interact(delivery, payloads.messageAction({ ...action, channel, message, responseUrl: responseUrl(channel, message) }))
  }
  const actInView = (screen: Screen, placed: Placed, delivery: string, chosen?: ReturnType<typeof fill>): Promise<Delivered> => {
    const trigger = triggers.issue(delivery, id, screen.id)
    return interact(delivery, payloads.viewAction({ user, trigger, placed, chosen, actionTs: world.newTs(), screen }))
  }

  return {
    async slash(command, text, { channel: where, thread, delivery = randomUUID() }) {
      const channel = channelOf(parts, user, where)
      if (thread !== undefined) return { ...unheard, error: 'not_supported_in_threads' }
      const options = { user, trigger: triggers.issue(delivery, id), command, text, channel, responseUrl: responseUrl(channel) }
      const delivered = await deliveries.deliver({ id: delivery, kind: 'slash_commands', payload: payloads.slashCommand(options) })
      return acks.ofSlash(delivered, channel, id)
    },
    async press({ channel, ts, delivery = randomUUID(), ...name }) {
      const seen = see(channel, ts)
      return actInMessage(seen, findButton(seen.message.blocks, name), delivery)
    },
    async pressInView({ viewId, delivery = randomUUID(), ...name }) {
      const screen = views.seenBy(id, viewId)
      return actInView(screen, findButton(blocksOf(screen.spec), name), delivery)
    },
    async choose({ actionId, value, delivery = randomUUID(), ...place }) {
      const on = lookAt(place)
      const placed = selectOn(on, actionId)
      const chosen = fill(placed, value, offeredOn(on, actionId))
      if ('message' in on) return actInMessage(on, placed, delivery, chosen)
      setValue(on, placed, chosen)
      world.changed()
      return placed.dispatches ? actInView(on, placed, delivery, chosen) : unheard
    },
    async suggest({ actionId, typed, delivery = randomUUID(), ...place }) {
      const on = lookAt(place)
      const placed = selectOn(on, actionId)
      if (typed.length < (placed.element.min_query_length ?? defaultMinQuery)) return { options: [] }
      const { payload, error } = await interact(delivery, payloads.suggestion({ user, placed, typed, on }))
      if (error !== undefined) return { options: [], error }
      const answer = suggestionsSchema.safeParse(payload)
      if (!answer.success) return { options: [], error: `invalid_response: ${z.prettifyError(answer.error)}` }
      const options = 'options' in answer.data ? answer.data.options : answer.data.option_groups.flatMap((group) => group.options)
      if (!('message' in on)) on.offered.set(actionId, options as Option[])
      return { options: options as Option[] }
    },
    async submit(viewId, values = {}, { delivery = randomUUID() } = {}) {
      const screen = views.seenBy(id, viewId)
      for (const [blockId, filled] of Object.entries(values)) {
        for (const [actionId, value] of Object.entries(filled)) fillIn(screen, blockId, actionId, value)
      }
      const problem = problemOfForm(blocksOf(screen.spec), screen.values)
      if (problem) return { ...unheard, error: problem }
      const trigger = triggers.issue(delivery, id, viewId)
      return acks.ofSubmission(await interact(delivery, payloads.viewSubmission({ user, trigger, screen })), screen)
    },
    async close(viewId, { delivery = randomUUID() } = {}) {
      const screen = views.seenBy(id, viewId)
      const { notify_on_close, clear_on_close } = { notify_on_close: false, clear_on_close: false, ...screen.spec }
      const payload = payloads.viewClosed({ user, screen, isCleared: clear_on_close })
      views.close(screen, clear_on_close)
      return notify_on_close ? interact(delivery, payload) : unheard
    },
    async mention({ channel, text, thread, delivery = randomUUID() }) {
      const mention = `<@${bot.userId}>`
      const full = text.includes(mention) ? text : `${mention} ${text}`
      const message = world.post({ channel: channelOf(parts, user, channel), user: id, text: full, threadTs: thread })
      return deliveries.deliver({ id: delivery, kind: 'events_api', payload: payloads.mentionEvent(user, message, `Ev${delivery}`) })
    },
    async shortcut(callbackId, { message: place, delivery = randomUUID() } = {}) {
      const options = { user, trigger: triggers.issue(delivery, id), callbackId, actionTs: world.newTs() }
      if (!place) return interact(delivery, payloads.globalShortcut(options))
      const { channel, message } = see(place.channel, place.ts)
      return interact(delivery, payloads.messageShortcut({ ...options, channel, message, responseUrl: responseUrl(channel, message) }))
    },
    say: (channel, text, thread) => world.post({ channel: channelOf(parts, user, channel), user: id, text, threadTs: thread }).ts,
  }
}

interface Seen {
  channel: Channel
  message: Message
}

/** @throws Error where the person is not in it */
function channelOf({ world }: PeopleParts, user: User, id: string): Channel {
  const channel = world.channels.get(id)
  if (!channel?.members.has(user.id)) throw new Error(`${user.id} is not in ${id}`)
  return channel
}

function selectOn(on: Screen | Seen, actionId: string): Placed {
  const blocks = 'message' in on ? on.message.blocks : blocksOf(on.spec)
  return findElement(blocks, ({ action_id }) => action_id === actionId, `element ${actionId}`)
}

function offeredOn(on: Screen | Seen, actionId: string): Option[] {
  return 'message' in on ? [] : (on.offered.get(actionId) ?? [])
}

function fillIn(screen: Screen, blockId: string, actionId: string, value: Filled): void {
  const placed = selectOn(screen, actionId)
  if (placed.blockId !== blockId) throw new Error(`${actionId} is not in ${blockId}, but in ${placed.blockId}`)
  setValue(screen, placed, fill(placed, value, offeredOn(screen, actionId)))
}

function setValue(screen: Screen, { blockId, element }: Placed, value: ReturnType<typeof fill>): void {
  screen.values = { ...screen.values, [blockId]: { ...screen.values[blockId], [element.action_id]: value } }
}
