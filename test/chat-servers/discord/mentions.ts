import { ComponentType } from 'discord-api-types/v10'
import { type ComponentForm, withInner } from './component-form.ts'
import type { Mention } from './interface.ts'
import type { AllowedMentions } from './message-form.ts'
import type { World } from './world.ts'

/** What Discord takes where a request says nothing: everything in ordinary messages, only users in answers to interactions. */
export const ordinaryDefault: AllowedMentions = { parse: ['everyone', 'roles', 'users'] }
export const interactionDefault: AllowedMentions = { parse: ['users'] }

type Ping = { kind: 'everyone' | 'here' } | { kind: 'user' | 'role'; id: string }

/** Who is pinged. Embeds, files, labels and edits never ping anybody. */
export function pingsOf(world: World, text: string, allowed: AllowedMentions): Ping[] {
  const { parse = [], users = [], roles = [] } = allowed
  const all = parse.includes('everyone')
  return [
    ...(all && text.includes('@everyone') ? [{ kind: 'everyone' } as const] : []),
    ...(all && text.includes('@here') ? [{ kind: 'here' } as const] : []),
    ...idsIn(text, /<@!?(\d+)>/g)
      .filter((id) => world.users.has(id) && (parse.includes('users') || users.includes(id)))
      .map((id) => ({ kind: 'user', id }) as const),
    ...idsIn(text, /<@&(\d+)>/g)
      .filter((id) => world.roles.has(id) && (parse.includes('roles') || roles.includes(id)))
      .map((id) => ({ kind: 'role', id }) as const),
  ]
}

export function rememberPings(world: World, place: Pick<Mention, 'channel' | 'message'>, pings: readonly Ping[]): void {
  for (const { ...ping } of pings) world.mentions.add({ channel: place.channel, message: place.message, ...ping })
}

/** All text of a message that can ping. */
export function pingText(content: string, components: readonly ComponentForm[]): string {
  const shown = components.flatMap(withInner).flatMap((one) => (one.type === ComponentType.TextDisplay ? [one.content] : []))
  return [content, ...shown].join('\n')
}

function idsIn(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, id]) => id ?? ''))]
}
