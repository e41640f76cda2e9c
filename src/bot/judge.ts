import { argumentsFromWords, findCommand, parseArguments } from '../core/arguments.ts'
import type { Command } from '../core/command.ts'
import { JailopsError } from '../core/errors.ts'
import { takesHost } from '../core/options.ts'
import { type Actor, covers, decide, type Decision, permissionsOf, personOf, type Policy } from '../core/policy.ts'
import { splitWords } from '../core/split-words.ts'
import { typedLine } from '../core/typed-line.ts'
import { parseUntil } from '../core/until.ts'
import type { Incoming, Place, Said } from '../chat/adapter.ts'
import { chooseHost, type KnownHost, type Wanted } from './hosts.ts'
import { everyHost } from './record.ts'

export interface Judgement {
  command: Command
  args: Record<string, unknown>
  /** What was said, as it could have been typed. */
  line: string
  person: string
  dryRun: boolean
  host?: KnownHost
  /** Nobody named the host: it was found by what the hosts last said they have. */
  isHostFound: boolean
  /** Set instead of `host` where all hosts are asked at once. */
  hosts?: readonly KnownHost[]
  /** Approvals that must come first; 0 where policy asks for none. */
  approvals: number
  /** Which of the command's `grants` this person has. */
  granted: readonly string[]
  expiresMinutes: number
  /** Milliseconds since 1970: until then it is kept, should the host be away. */
  until?: number
}

export interface JudgeContext {
  commands: readonly Command[]
  policy: Policy
  hosts: readonly KnownHost[]
  /** The default host of a place, where it has one. */
  hostOf(place: Place): string | undefined
  now: number
  /** Where hours are meant, such as `Europe/Berlin`. */
  zone: string
}

/** Parse → validate → who is this? → policy. @throws JailopsError with the sentence for the person */
export function judge(incoming: Incoming, context: JudgeContext): Judgement {
  const { command, given } = understand(incoming.said, context.commands)
  // who, before what is wrong with the rest: a stranger learns nothing of our hosts
  permitted(context.policy, incoming.actor, command)
  const said = given()
  const { args, host: named, dryRun, until } = parseArguments(command, said)
  if (dryRun && command.risk !== 'change')
    throw new JailopsError('usage', `/${command.path} changes nothing, so there is nothing to try dry.`)
  if (until !== undefined && command.risk === 'bot')
    throw new JailopsError('usage', `/${command.path} is answered by the bot itself, at once, so there is nothing to keep.`)
  // before it is looked whether there is such a host
  if (named !== undefined && !takesHost(command))
    throw new JailopsError('usage', `/${command.path} is answered by the bot itself, which asks no host for it: say it without host:.`)
  const decision = permitted(context.policy, incoming.actor, command, args)
  const channel = context.hostOf(incoming.place)
  return {
    command,
    args,
    line: typedLine(command, args, said),
    dryRun,
    person: personOf(context.policy, incoming.actor),
    isHostFound: command.risk !== 'bot' && named === undefined && context.hosts.length > 1,
    ...((command.risk !== 'bot' || named !== undefined) && whoIsAsked(context.hosts, { command, args, named, channel }, until)),
    ...(until !== undefined && { until: parseUntil(until, context.now, context.zone) }),
    granted: grantsOf(context.policy, incoming.actor, command),
    approvals: decision.kind === 'approvals' ? decision.count : 0,
    expiresMinutes: decision.kind === 'approvals' ? decision.expiresMinutes : 60,
  }
}

/** One host, or all of them where a question says so. @throws usage, unknown_host, which_host */
function whoIsAsked(
  hosts: readonly KnownHost[],
  wanted: Wanted & { command: Command },
  until: string | undefined,
): Pick<Judgement, 'host' | 'hosts'> {
  const { path, risk } = wanted.command
  if (wanted.named !== everyHost) return { host: chooseHost(hosts, wanted) }
  if (risk === 'change')
    throw new JailopsError('usage', `/${path} changes a host, and changes go to one host at a time: name it, as in host:NAME.`)
  if (risk === 'bot')
    throw new JailopsError('usage', `/${path} is answered by the bot itself, which asks no host for it: say it without host:*.`)
  if (until !== undefined)
    throw new JailopsError('usage', 'All hosts are asked at once and nothing is kept for those that are away: say it without until.')
  return hosts.length === 0 ? { host: chooseHost(hosts, { ...wanted, named: undefined }) } : { hosts }
}

/** Without arguments: whether there are any with which this person may say it. @throws the refusal, where policy says no */
export function permitted(
  policy: Policy,
  actor: Actor,
  command: Command,
  args?: Record<string, unknown>,
): Exclude<Decision, { kind: 'no' }> {
  const decision = decide(policy, actor, command, args)
  if (decision.kind === 'no') throw new JailopsError(decision.code, decision.sentence)
  return decision
}

function grantsOf(policy: Policy, actor: Actor, command: Command): string[] {
  const has = permissionsOf(policy, actor)
  return command.risk === 'change' ? (command.grants ?? []).filter((grant) => has.some((pattern) => covers(pattern, grant))) : []
}

/** `given` is only asked for once it is known who speaks: what is wrong with the words is nobody else's business. */
export function understand(said: Said, commands: readonly Command[]): { command: Command; given: () => Record<string, unknown> } {
  if (said.kind === 'options') {
    const { command } = findCommand(commands, said.command.split(' '))
    return { command, given: () => said.options }
  }
  if (said.kind === 'press') {
    if (said.press.kind === 'say') return understand({ kind: 'text', text: said.press.words }, commands)
    const path = said.press.kind === 'cancel' ? 'job cancel' : said.press.kind
    return { command: findCommand(commands, path.split(' ')).command, given: () => ({ request: said.press.request }) }
  }
  const words = splitWords(said.text.trim().replace(/^\//, ''))
  if (words.length === 0) throw new JailopsError('usage', 'Say a command, such as /help or /jail list.')
  const { command, rest } = findCommand(commands, words)
  return { command, given: () => argumentsFromWords(command, rest) }
}
