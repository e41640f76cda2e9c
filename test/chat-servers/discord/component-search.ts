import { type APIButtonComponentWithCustomId, type APIStringSelectComponent, ButtonStyle, ComponentType } from 'discord-api-types/v10'
import { type AnyComponent, type ComponentForm, withInner } from './component-form.ts'
import { ClientRefusal } from './interface.ts'
import { messagesSeenBy } from './seen.ts'
import type { Channel, Message, World } from './world.ts'

export interface PlacedComponent<Component = APIButtonComponentWithCustomId | APIStringSelectComponent> {
  message: Message
  component: Component
}

type ButtonName = { message?: string } & ({ customId: string } | { label: string })

/** Of the newest message that has it. @throws ClientRefusal where the person cannot press it */
export function findButton(
  world: World,
  user: string,
  channel: Channel,
  name: ButtonName,
): PlacedComponent<APIButtonComponentWithCustomId> {
  const isIt = (one: AnyComponent) =>
    one.type === ComponentType.Button && ('customId' in name ? one.custom_id === name.customId : one.label === name.label)
  const { message, component } = find(
    world,
    user,
    channel,
    name.message,
    isIt,
    `button "${'customId' in name ? name.customId : name.label}"`,
  )
  const button = component as APIButtonComponentWithCustomId
  if (button.disabled) throw new ClientRefusal('The button is disabled.')
  if ((button.style as ButtonStyle) === ButtonStyle.Link)
    throw new ClientRefusal('The button is a link: the application hears nothing of it.')
  return { message, component: button }
}

interface MenuName {
  message?: string
  customId: string
  values: readonly string[]
}

/** @throws ClientRefusal where the person cannot choose that */
export function findMenu(world: World, user: string, channel: Channel, name: MenuName): PlacedComponent<APIStringSelectComponent> {
  const isIt = (one: AnyComponent) => one.type === ComponentType.StringSelect && one.custom_id === name.customId
  const { message, component } = find(world, user, channel, name.message, isIt, `menu "${name.customId}"`)
  const menu = component as APIStringSelectComponent
  if (menu.disabled) throw new ClientRefusal('The menu is disabled.')
  const unknown = name.values.find((value) => menu.options.every((option) => option.value !== value))
  if (unknown !== undefined) throw new ClientRefusal(`The menu has no "${unknown}".`)
  const { min_values: least = 1, max_values: most = 1 } = menu
  if (name.values.length < least || name.values.length > most) throw new ClientRefusal(`The menu takes from ${least} to ${most} values.`)
  return { message, component: menu }
}

function find(
  world: World,
  user: string,
  channel: Channel,
  message: string | undefined,
  isIt: (component: AnyComponent) => boolean,
  what: string,
): { message: Message; component: unknown } {
  const candidates = message === undefined ? messagesSeenBy(world, user, channel.id) : [visible(channel, message, user)]
  for (const candidate of candidates.toReversed()) {
    const component = (candidate.components as ComponentForm[]).flatMap(withInner).find(isIt)
    if (component) return { message: candidate, component }
  }
  throw new ClientRefusal(`There is no ${what} here.`)
}

function visible(channel: Channel, id: string, user: string): Message {
  const message = channel.messages.get(id)
  if (!message || (message.to !== undefined && message.to !== user)) throw new ClientRefusal('There is no such message for this person.')
  return message
}
