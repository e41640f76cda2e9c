import { parseArguments } from '../../src/core/arguments.ts'
import type { Answer } from '../../src/core/card.ts'
import type { BotContext, Command } from '../../src/core/command.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Jail, TrashEntry } from '../../src/core/jail.ts'
import { type Backend, noProxy, type ProxyFacts, type Route } from '../../src/core/proxy.ts'
import type { Plan } from '../../src/core/plan.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import type { Layout } from '../../src/core/layout.ts'
import { testFacts, testJail, testLayout, testParts } from '../host/facts-helper.ts'

export const request = 'rabcdefghjkmnpqr'

/** What a change would do on a host that looks like this. */
export function planOf(
  command: Command,
  args: Record<string, unknown>,
  observed: Partial<ObservedFacts> = {},
  by: { person?: string; granted?: readonly string[] } = {},
  layout: Layout = testLayout,
): Plan {
  if (command.risk !== 'change') throw new Error(`${command.path} changes nothing`)
  const facts = testFacts(observed, layout)
  return command.plan({
    args: parseArguments(command, args).args,
    facts,
    drivers: createDrivers(facts),
    request,
    person: 'ana',
    granted: command.grants ?? [],
    ...by,
  })
}

/** What a question answers there. */
export function answerOf(
  command: Command,
  args: Record<string, unknown>,
  observed: Partial<ObservedFacts> = {},
  layout: Layout = testLayout,
): Answer {
  if (command.risk !== 'read') throw new Error(`${command.path} is no question`)
  return command.query({ args: parseArguments(command, args).args, facts: testFacts(observed, layout) })
}

const unknown = () => Promise.reject(new Error('nobody should ask for that'))

/** What the bot itself answers, knowing what `known` says and nothing else. */
export function botAnswer(command: Command, args: Record<string, unknown>, known: Partial<BotContext<unknown>> = {}): Promise<Answer> {
  if (command.risk !== 'bot') throw new Error(`${command.path} is not the bot's own`)
  return command.answer({
    actor: { platform: 'web', id: 'ana', name: 'Ana', groups: [], kind: 'person' },
    person: { id: 'ana', roles: [], permissions: [] },
    commands: [],
    hosts: [],
    version: '0.1.0',
    requests: unknown,
    card: unknown,
    vote: unknown,
    cancel: unknown,
    alerts: () => [],
    acknowledge: unknown,
    silence: unknown,
    watch: unknown,
    unwatch: unknown,
    showTime: (moment) => new Date(moment).toISOString(),
    ...known,
    args: parseArguments(command, args).args,
  })
}

export function titles(plan: Plan): string[] {
  return plan.steps.map((step) => step.title)
}

export function jail(more: Partial<Jail> = {}): Jail {
  return testJail('blog', { address: '10.0.0.5', ...more })
}

export function trashed(more: Partial<TrashEntry> = {}): TrashEntry {
  return {
    name: 'blog',
    manager: 'jail.conf',
    address: '10.0.0.5',
    startsAtBoot: true,
    wasRunning: true,
    parts: testParts('blog'),
    limits: [],
    sites: [{ host: 'blog.example.com', targets: [{ jail: 'blog', weight: 100 }], settings: {} }],
    request,
    destroyedAt: 1,
    ...more,
  }
}

export const readyProxy: ProxyFacts = { ...noProxy, running: true, configured: true, enabled: true }
/** NAME.example.com leads to the jail NAME. */
export function routeTo(name: string): Route {
  return { host: `${name}.example.com`, backend: `jail_${name}`, targets: [{ jail: name, weight: 100 }], jail: name }
}
export const route: Route = routeTo('blog')

/** The file of a jail's own backend. */
export function backendOfJail(jailName: string, more: Partial<Backend> = {}): Backend {
  return {
    name: `jail_${jailName}`,
    targets: [{ jail: jailName, weight: 100, address: '10.0.0.5' }],
    isSpare: false,
    isStale: false,
    ...more,
  }
}
