import type { KnownHost } from '../../src/bot/hosts.ts'
import type { Answer } from '../../src/core/card.ts'
import type { ToBot } from '../../src/core/message.ts'
import { fromHost, hear, incoming, lastCard, makeWorld, sentTo, startBot, type LivingBot, type World } from './bot-bench.ts'
import { until } from '../support/until.ts'

export const jails = (...names: string[]): Answer => ({
  title: names.length === 0 ? 'No jails yet' : `${names.length} jails`,
  table: { columns: ['jail', 'state'], rows: names.map((name) => [name, 'running']) },
})

export const result = (answer: Answer): ToBot => ({ kind: 'result', state: 'done', answer, steps: [] })
export const refusal = (sentence: string): ToBot => ({
  kind: 'result',
  state: 'refused',
  reason: 'not_allowed_on_host',
  sentence,
  steps: [],
})

export interface Story {
  world: World
  living: LivingBot
  request: string
}

/** What a host says, as if it said nothing else of the request. */
export const says = ({ living, request }: Story, host: string, body: ToBot) => hear(living, fromHost(request, 3, body, host))
export const card = ({ world, request }: Story) => lastCard(world, request)
export const cards = ({ world, request }: Story) => world.chat.get(request)?.length ?? 0
export const messageTo = (world: World, host: string) => sentTo(world).find((message) => message.host === host)?.id

export async function pass({ world, living }: Pick<Story, 'world' | 'living'>, milliseconds: number): Promise<void> {
  world.time.now += milliseconds
  await living.bot.tick()
}

/** Hosts that were heard of a moment ago, but for those that are `away`, at a bot that has listened for long. */
export async function house(names: readonly string[], away: readonly string[] = []) {
  const world = makeWorld()
  const seenAt = world.time.now + 595_000
  const hosts: KnownHost[] = [...names.map((name) => ({ name, seenAt })), ...away.map((name) => ({ name, seenAt: 900_000 }))]
  const living = await startBot(world, hosts)
  world.time.now += 600_000
  return { world, living, hosts }
}

export async function asked(names: readonly string[], away: readonly string[] = [], words = 'jail list host:*') {
  const { world, living, hosts } = await house(names, away)
  const { request } = await living.door().receive(incoming('ana', words))
  await until(() => world.queue.size === hosts.length)
  return { world, living, request, hosts }
}
