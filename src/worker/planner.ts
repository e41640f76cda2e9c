import { canonicalJson } from '../core/canonical.ts'
import type { ChangeCommand, Command, Parsed, ReadCommand } from '../core/command.ts'
import { parseArguments } from '../core/arguments.ts'
import type { Clock } from '../core/clock.ts'
import { JailopsError } from '../core/errors.ts'
import type { Drivers } from '../core/drivers.ts'
import { type FactName, type Facts, factsOf, type Look, type LookAnswer, type ObservedFacts } from '../core/host.ts'
import type { Layout } from '../core/layout.ts'
import type { Answer } from '../core/card.ts'
import type { ToHost } from '../core/message.ts'
import { digestOf, type Plan } from '../core/plan.ts'
import type { About } from '../core/proxy-status.ts'
import { redact } from '../core/redact.ts'
import type { Journal } from './journal.ts'
import { createMutex } from '../core/mutex.ts'

export interface Planner {
  /** Observes, plans, and lets `keep` write the plan down before anybody else may choose an address. */
  plan(journal: Journal, asked: PlanMessage, keep: (planned: Planned) => Promise<void>): Promise<Planned>
  query(asked: QueryMessage): Promise<Answer>
  /** Nothing is kept for this request any more. */
  release(request: string): void
  /** At start: what the open journals had chosen. */
  reserve(request: string, words: readonly string[], until: number): void
}

export type PlanMessage = Extract<ToHost, { kind: 'plan' }>
type QueryMessage = Extract<ToHost, { kind: 'query' }>
type Asked = Pick<PlanMessage, 'command' | 'args' | 'person'>

export interface Planned {
  plan: Plan
  digest: string
}

/** What is spoken for, and who asks. */
export interface Reserved {
  others: string[]
  here: string[]
  person?: string
}

export interface PlannerDeps {
  host: string
  layout: Layout
  commands: readonly Command[]
  now: Clock
  observe(wanted: readonly FactName[], reserved: Reserved, about?: About): Promise<ObservedFacts>
  look(looks: Readonly<Record<string, Look>>): Promise<Record<string, LookAnswer>>
  drivers(facts: Facts): Drivers
}

export function createPlanner({ host, layout, commands, now, observe, look, drivers }: PlannerDeps): Planner {
  const oneAtATime = createMutex()
  const reservations = new Map<string, { words: readonly string[]; until: number }>()

  const reservedFor = (request: string) => {
    for (const [holder, { until }] of reservations) if (until <= now()) reservations.delete(holder)
    return {
      here: [...(reservations.get(request)?.words ?? [])],
      others: [...reservations].filter(([holder]) => holder !== request).flatMap(([, { words }]) => words),
    }
  }

  /** What every command may know of the host, and then what this one asks besides. */
  async function seen(command: ChangeCommand | ReadCommand, args: Parsed, reserved: Reserved): Promise<Facts> {
    const { needs = [], ...about } = command.about?.(args) ?? {}
    const observed = await observe([...command.needs, ...needs], reserved, about)
    const facts = factsOf(layout, observed)
    const looks = command.looks?.({ args, facts })
    return looks === undefined ? facts : factsOf(layout, { ...observed, looked: await look(looks) })
  }

  return {
    plan(journal, asked, keep) {
      return oneAtATime(async () => {
        const command = changeNamed(commands, asked.command)
        const args = sameArguments(command, asked)
        const facts = await seen(command, args, reservedFor(journal.request))
        const made = command.plan({
          args,
          facts,
          drivers: drivers(facts),
          request: journal.request,
          person: asked.person,
          granted: asked.granted,
        })
        // they may hold what the host said; nothing of them is part of what is approved
        const plan = { ...made, remarks: made.remarks.map(redact) }
        const planned = { plan, digest: digestOf({ host, command: command.path, args }, plan) }
        await keep(planned)
        if (!asked.dryRun) reservations.set(journal.request, { words: plan.reserves, until: asked.reserveUntil })
        return planned
      })
    },
    async query(asked) {
      const command = commands.find((candidate) => candidate.path === asked.command)
      if (command?.risk !== 'read') throw new JailopsError('definition_mismatch', `This host knows no question ${asked.command}.`)
      const args = sameArguments(command, asked)
      const facts = await seen(command, args, { here: [], others: [], ...(asked.isBoard !== true && { person: asked.person }) })
      return command.query({ args, facts })
    },
    release: (request) => void reservations.delete(request),
    reserve: (request, words, until) => void reservations.set(request, { words, until }),
  }
}

/** Checked here once more, and never made into something else than what the bot showed. @throws definition_mismatch */
function sameArguments(command: Command, asked: Asked): Record<string, unknown> {
  const { args } = parseArguments(command, asked.args)
  if (canonicalJson(args) === canonicalJson(asked.args)) return args
  throw new JailopsError(
    'definition_mismatch',
    `The arguments of /${command.path} become something else when they are read a second time; its schema must leave what it has made as it is.`,
  )
}

function changeNamed(commands: readonly Command[], path: string): ChangeCommand {
  const command = commands.find((candidate) => candidate.path === path)
  if (command?.risk !== 'change') throw new JailopsError('definition_mismatch', `This host knows no change ${path}.`)
  return command
}
