import { z } from 'zod'
import type { AlertSummary, BoardSummary } from './alert.ts'
import { canonicalJson, sha256 } from './canonical.ts'
import type { Answer, Card, RequestState } from './card.ts'
import type { Heartbeat } from './message.ts'
import type { Drivers } from './drivers.ts'
import { type FactName, factNames, type Facts, type Look } from './host.ts'
import { oncePer } from './once-per.ts'
import type { Plan } from './plan.ts'
import type { Actor } from './policy.ts'
import type { About } from './proxy-status.ts'

/** What a planner may know. No clock, no chance, no I/O: same context, same plan. */
export interface PlanContext<Args> {
  args: Args
  facts: Facts
  drivers: Drivers
  /** The request's id: the only source of generated names. */
  request: string
  /** Who asked, as policy names them. */
  person: string
  /** Which of the command's `grants` they have. */
  granted: readonly string[]
}

export interface QueryContext<Args> {
  args: Args
  facts: Facts
}

/** The bot's own doors, for commands that it answers itself. */
export interface BotContext<Args> {
  args: Args
  actor: Actor
  /** Name, roles and permissions as policy sees this person. */
  person: { id: string; roles: string[]; permissions: string[] }
  commands: readonly Command[]
  /** The host that was named, if one was and the command takes one (`takesHost`). */
  host?: string
  /** All that are configured, in that order, as the bot knows them now. */
  hosts: readonly HostSummary[]
  /** Of the bot's own jailops. */
  version: string
  /** Newest first. */
  requests(limit: number): Promise<RequestSummary[]>
  /** @throws unknown_request */
  card(request: string): Promise<Card>
  vote(request: string, choice: 'yes' | 'no'): Promise<RequestSummary>
  cancel(request: string): Promise<RequestSummary>
  /** What is wrong on the hosts, and what was until a moment ago; newest first. */
  alerts(): AlertSummary[]
  /** @throws unknown_alert, nothing_to_do */
  acknowledge(alert: string): Promise<AlertSummary>
  /** @throws unknown_alert, nothing_to_do */
  silence(alert: string, milliseconds: number): Promise<AlertSummary>
  /** Shows a host's `/proxy status` where this is said, from now on, to whoever may see that. @throws which_host, permission_denied, usage */
  watch(everySeconds: number): Promise<BoardSummary>
  /** Ends what `watch` began here. @throws nothing_to_do */
  unwatch(): Promise<readonly string[]>
  /** A moment as people there write it. */
  showTime(moment: number): string
}

export interface HostSummary {
  name: string
  /** Milliseconds since 1970, by the bot's clock; 0 if it was never heard of. */
  seenAt: number
  /** Absent if it was never heard of. */
  seenAgoSeconds?: number
  isHere: boolean
  /** Too long ago, for a bot that has listened for long enough to know. Neither: that is not known yet. */
  isAway: boolean
  /** Why it cannot say now what it has: the rest is as of before. */
  problem?: string
  jails: number
  sites: number
  heartbeat?: Heartbeat
}

export interface RequestSummary {
  request: string
  state: RequestState
  command: string
  person: string
  host: string
  /** Milliseconds since 1970. */
  createdAt: number
}

/** What an argument may name: something that a host has, or what is yet to be made. */
export const namings = ['jail', 'site', 'trashed', 'new'] as const
export type Naming = (typeof namings)[number]

interface CommandBase {
  /** One to three words: `jail create`. */
  path: string
  summary: string
  /** Such as `jail.create`; policy gives these to roles, `jail.*` for all of a kind. */
  permission: string
  args: z.ZodObject
  /** Words that a permission may have behind it (`jail.exec(nginx -t)`): what of the arguments they are compared with. Pure. */
  narrowedBy?(args: Parsed): readonly string[]
  /** Words of examples shown by help. */
  example?: string
  /** The argument that takes all words that are left, but for `name:value` of the command's own: `jail exec blog nginx -t`. */
  rest?: string
  /**
   * What its arguments name, for completion and for finding the host that is meant. Without a word here `jail` names a jail, `site` a
   * site, and others nothing.
   */
  names?: Readonly<Record<string, Naming>>
  /** What it takes for arguments that were not given: by this the bot knows which of several hosts is meant. Pure. */
  presume?(args: Parsed): Parsed
}

interface LooksAtHost {
  needs: readonly FactName[]
  /** What of it these arguments are about, where there is more than can be shown, and what else is needed to say it. Pure. */
  about?(args: Parsed): About & { needs?: readonly FactName[] }
  /**
   * What else the host is asked once the facts are there, by names that `facts.look` takes. They change nothing. May refuse, as
   * `plan` and `query` may. Pure.
   */
  looks?(context: QueryContext<Parsed>): Readonly<Record<string, Look>>
}

/** Changes the host: plans, is approved, runs, can be taken back. */
export interface ChangeCommand extends CommandBase, LooksAtHost {
  risk: 'change'
  /** Permissions beside its own that let somebody do more with it, such as `proxy.others`: the plan knows who has them. */
  grants?: readonly string[]
  /** It ends with something that only whoever asked may see, once. */
  confides?: true
  plan(context: PlanContext<Parsed>): Plan
}
/** Reads the host; needs no approval and never waits behind a change. */
export interface ReadCommand extends CommandBase, LooksAtHost {
  risk: 'read'
  query(context: QueryContext<Parsed>): Answer
}
/** Answered by the bot itself. */
export interface BotCommand extends CommandBase {
  risk: 'bot'
  /** It makes something of `host:NAME`. Without it that is refused, since who may say this need not know what hosts there are. */
  takesHost?: true
  answer(context: BotContext<Parsed>): Promise<BotAnswer>
}
/** `about`: the request whose state the caller should see as this command's own (job show, approve). */
export type BotAnswer = Answer & { about?: Card }

export type Command = ChangeCommand | ReadCommand | BotCommand

type Own = 'plan' | 'query' | 'answer' | 'args' | 'presume' | 'looks' | 'narrowedBy' | 'about'
type Looks<Args> = {
  looks?(context: QueryContext<Args>): Readonly<Record<string, Look>>
  about?(args: Args): About & { needs?: readonly FactName[] }
}
type Define<Schema extends z.ZodObject> = {
  args: Schema
  presume?(args: z.output<Schema>): Parsed
  narrowedBy?(args: z.output<Schema>): readonly string[]
} & (
  | (Omit<ChangeCommand, Own> & Looks<z.output<Schema>> & { plan(context: PlanContext<z.output<Schema>>): Plan })
  | (Omit<ReadCommand, Own> & Looks<z.output<Schema>> & { query(context: QueryContext<z.output<Schema>>): Answer })
  | (Omit<BotCommand, Own> & { answer(context: BotContext<z.output<Schema>>): Promise<BotAnswer> })
)

/**
 * Declares a command. The return type forgets the exact type of `args`, which is sound because only parseArguments,
 * by this very schema, makes what is handed in. A file in `commands/` with this as its default export is a chat command on every platform. */
export function defineCommand<Schema extends z.ZodObject>(command: Define<Schema>): Command {
  return command
}

const pathPattern = /^[a-z]+( [a-z]+){0,2}$/
const commonNames = ['host', 'dryRun', 'until']
const doesWork = z.custom((value) => typeof value === 'function', 'a function')
const needs = z.array(z.enum(factNames))
const shape = {
  path: z.string().regex(pathPattern, 'one to three lower-case words'),
  summary: z.string().min(1).max(100),
  permission: z.string().regex(/^[a-z]+(\.[a-z]+)*$/, 'such as jail.create'),
  names: z.record(z.string(), z.enum(namings)).optional(),
  rest: z.string().optional(),
  args: z
    .custom<z.ZodObject>((value) => value instanceof z.ZodObject, { error: 'a z.object({…})', abort: true })
    .refine(
      (args) => !commonNames.some((name) => name in args.shape),
      'host, dryRun and until are arguments of every command; choose other names',
    ),
}
const commandShape = z.discriminatedUnion('risk', [
  z.looseObject({
    ...shape,
    risk: z.literal('change'),
    needs,
    grants: z.array(shape.permission).optional(),
    confides: z.literal(true).optional(),
    plan: doesWork,
  }),
  z.looseObject({ ...shape, risk: z.literal('read'), needs, query: doesWork }),
  z.looseObject({ ...shape, risk: z.literal('bot'), takesHost: z.literal(true).optional(), answer: doesWork }),
])

/** Whether a module's default export really is a command. @returns the problem, or nothing. */
export function problemOfCommand(value: unknown): string | undefined {
  const result = commandShape.safeParse(value)
  return result.success ? undefined : z.prettifyError(result.error)
}

/** Names what a command is, so that bot and host can see that they mean the same one. */
export const definitionHash = oncePer((command: Command): string => {
  const work = command.risk === 'change' ? command.plan : command.risk === 'read' ? command.query : command.answer
  return sha256(
    canonicalJson({
      path: command.path,
      permission: command.permission,
      risk: command.risk,
      args: z.toJSONSchema(command.args, { io: 'input', unrepresentable: 'any' }),
      work: work.toString(),
      narrowedBy: command.narrowedBy?.toString(),
      looks: command.risk === 'bot' ? undefined : command.looks?.toString(),
      about: command.risk === 'bot' ? undefined : command.about?.toString(),
    }),
  )
})

/** The parts that every command has beside its own arguments. */
export const commonArguments = z.object({
  host: z.string().optional().describe('which host'),
  dryRun: z.boolean().optional().describe('only show the plan'),
  until: z.string().optional().describe('if the host is away: 2h or 18:00'),
})

/** Arguments that have passed the command's own schema; only parseArguments makes them. */
export type Parsed = Record<string, unknown>
