import { argumentsFromWords, findCommand, parseArguments, splitWords } from '../core/arguments.ts'
import type { Command } from '../core/command.ts'
import { JailopsError } from '../core/errors.ts'
import { type Actor, decide, type Decision, personOf, type Policy } from '../core/policy.ts'
import type { Incoming, Said } from '../chat/adapter.ts'
import { chooseHost, type KnownHost } from './hosts.ts'

export interface Judgement {
  command: Command
  args: Record<string, unknown>
  person: string
  dryRun: boolean
  host?: KnownHost
  /** Approvals that must come first; 0 where policy asks for none. */
  approvals: number
  expiresMinutes: number
}

/** Parse → validate → who is this? → policy. @throws JailopsError with the sentence for the person */
export function judge(
  incoming: Incoming,
  context: { commands: readonly Command[]; policy: Policy; hosts: readonly KnownHost[] },
): Judgement {
  const { command, given } = understand(incoming.said, context.commands)
  // who, before what is wrong with the rest: a stranger learns nothing of our hosts
  const decision = permitted(context.policy, incoming.actor, command)
  const { args, host, dryRun } = parseArguments(command, given())
  if (dryRun && command.risk !== 'change')
    throw new JailopsError('usage', `/${command.path} changes nothing, so there is nothing to try dry.`)
  return {
    command,
    args,
    dryRun,
    person: personOf(context.policy, incoming.actor),
    ...((command.risk !== 'bot' || host !== undefined) && { host: chooseHost(context.hosts, args, host) }),
    approvals: decision.kind === 'approvals' ? decision.count : 0,
    expiresMinutes: decision.kind === 'approvals' ? decision.expiresMinutes : 60,
  }
}

/** @throws the refusal, where policy says no */
export function permitted(policy: Policy, actor: Actor, command: Command): Exclude<Decision, { kind: 'no' }> {
  const decision = decide(policy, actor, command)
  if (decision.kind === 'no') throw new JailopsError(decision.code, decision.sentence)
  return decision
}

/** `given` is only asked for once it is known who speaks: what is wrong with the words is nobody else's business. */
export function understand(said: Said, commands: readonly Command[]): { command: Command; given: () => Record<string, unknown> } {
  if (said.kind === 'options') {
    const { command } = findCommand(commands, said.command.split(' '))
    return { command, given: () => said.options }
  }
  if (said.kind === 'press') {
    const path = said.press.kind === 'cancel' ? 'job cancel' : said.press.kind
    return { command: findCommand(commands, path.split(' ')).command, given: () => ({ request: said.press.request }) }
  }
  const words = splitWords(said.text.trim().replace(/^\//, ''))
  if (words.length === 0) throw new JailopsError('usage', 'Say a command, such as /help or /jail list.')
  const { command, rest } = findCommand(commands, words)
  return { command, given: () => argumentsFromWords(command, rest) }
}
