import { parseArguments } from '../core/arguments.ts'
import { type Command, definitionHash } from '../core/command.ts'
import type { Clock } from '../core/clock.ts'
import { sha256 } from '../core/canonical.ts'
import { JailopsError } from '../core/errors.ts'
import type { HostMessage, ToHost } from '../core/message.ts'
import { coversCall } from '../core/policy.ts'
import type { Journal } from './journal.ts'

export interface GuardDeps {
  commands: readonly Command[]
  /** What this host lets the bot ask for at all. */
  permissions: readonly string[]
  now: Clock
}

/** What the ledger says of a message: never seen, the same again, or somebody else's bytes under a known id. */
export function ledgerSays(journal: Journal, message: HostMessage, token: string): 'new' | 'again' | 'replayed' {
  const earlier = journal.all('message').find((entry) => entry.message.id === message.id)
  if (earlier === undefined) return 'new'
  return earlier.hash === sha256(token) ? 'again' : 'replayed'
}

/**
 * Refuses what this host does not do for the bot. Runs once, when a message is new; `asked` is what its request began with.
 * A cancel is heeded however late it comes. @throws JailopsError
 */
export function guardMessage({ commands, permissions, now }: GuardDeps, { body, expiresAt }: HostMessage, asked?: ToHost): void {
  if (body.kind !== 'cancel' && now() > expiresAt) {
    throw new JailopsError('message_expired', 'The host got this too late, so nothing was done. Ask again.')
  }
  const mayAsk = (command: Command, given: Record<string, unknown>) => {
    // what a schema makes of them is what is carried out, so that is what the permissions are held against
    const args = command.narrowedBy === undefined ? given : parseArguments(command, given).args
    if (permissions.some((pattern) => coversCall(pattern, command, args))) return
    const what = [command.permission, ...(command.narrowedBy === undefined ? [] : ['with these words'])].join(' ')
    throw new JailopsError('not_allowed_on_host', `This host's own configuration does not let the bot ask for ${what}.`)
  }
  if (body.kind === 'apply' && asked?.kind === 'plan') {
    // the host's configuration may have changed while the plan waited
    const waiting = commands.find((candidate) => candidate.path === asked.command)
    if (waiting !== undefined) mayAsk(waiting, asked.args)
  }
  if (body.kind !== 'plan' && body.kind !== 'query') return
  const command = commands.find((candidate) => candidate.path === body.command)
  if (command === undefined || definitionHash(command) !== body.definition) {
    throw new JailopsError(
      'definition_mismatch',
      `The bot and this host have different versions of /${body.command}. Install the same jailops and the same own commands on both.`,
    )
  }
  mayAsk(command, body.args)
}
