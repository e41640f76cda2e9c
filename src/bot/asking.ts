import { definitionHash } from '../core/command.ts'
import type { Clock } from '../core/clock.ts'
import { type HostMessage, messageId, type ToHost } from '../core/message.ts'
import { awayMilliseconds, type KnownHost } from './hosts.ts'
import type { Judgement } from './judge.ts'
import type { RequestRecord } from './record.ts'
import { mayBegin } from './timing.ts'

export interface Posting {
  now: Clock
  sign(message: HostMessage): Promise<string>
  /** Puts it on the host's queue, trying until it is there; the same id again is harmless. */
  post(host: string, id: string, token: string): Promise<void>
  /** Takes it off the queue again. @returns whether it is certain that the host never got it */
  withdraw(host: string, id: string): Promise<boolean>
  hosts(): readonly KnownHost[]
}

type Outgoing = RequestRecord['outgoing'][number]

export interface Asking {
  /** The request with its first message to the host in it, to be stored and then sent. */
  ask(record: RequestRecord, judgement: Judgement): Promise<RequestRecord>
  /** The request with one message more. */
  tell(record: RequestRecord, body: ToHost): Promise<RequestRecord>
  send(record: RequestRecord, message: Outgoing): void
  /** Takes back every message by which it could begin. @returns whether it is certain that it never will */
  withdraw(record: RequestRecord): Promise<boolean>
}

/** A host heard of lately gets half a minute to take a message: enough for a restart. One that seems to be away, ten seconds. */
const patience = { seen: 30_000, away: 10_000 }
/** For requests without approval: how long their choices stay reserved. */
const reserveMilliseconds = 10 * 60_000

export function asking({ now, sign, post, withdraw, hosts }: Posting): Asking {
  const underway = new Set<string>()

  async function tell(record: RequestRecord, body: ToHost): Promise<RequestRecord> {
    const host = record.asked?.host
    if (host === undefined) return record
    const sent = record.sent + 1
    const seenAt = hosts().find((known) => known.name === host)?.seenAt ?? 0
    const message: HostMessage = {
      id: messageId(record.id, body.kind, sent),
      request: record.id,
      host,
      issuedAt: now(),
      expiresAt: now() + (body.kind !== 'query' && now() - seenAt < awayMilliseconds ? patience.seen : patience.away),
      body,
    }
    const token = await sign(message)
    return { ...record, sent, outgoing: [...record.outgoing, { id: message.id, token, expiresAt: message.expiresAt }] }
  }

  return {
    tell,
    async withdraw(record) {
      const host = record.asked?.host ?? ''
      const answers = await Promise.all(mayBegin(record).map(({ id }) => withdraw(host, id)))
      return answers.every(Boolean)
    },
    ask(record, { command, args, host, person, dryRun, approvals, expiresMinutes }) {
      const execute = !dryRun && approvals === 0
      const asked = {
        command: command.path,
        args,
        risk: command.risk,
        dryRun,
        execute,
        person,
        ...(host !== undefined && { host: host.name }),
      }
      const expiresAt = now() + expiresMinutes * 60_000
      const next: RequestRecord = {
        ...record,
        asked,
        state: 'planning',
        ...(command.risk === 'change' && !execute && !dryRun && { approval: { needed: approvals, expiresAt, votes: [] } }),
      }
      const question = { command: command.path, args, definition: definitionHash(command), person }
      return command.risk === 'read'
        ? tell(next, { kind: 'query', ...question })
        : tell(next, { kind: 'plan', ...question, execute, dryRun, reserveUntil: execute ? now() + reserveMilliseconds : expiresAt })
    },
    send(record, { id, token }) {
      const host = record.asked?.host
      if (host === undefined || underway.has(id)) return
      underway.add(id)
      const forget = () => underway.delete(id)
      // given up only when we stop: the next start sends it again
      post(host, id, token).then(forget, forget)
    },
  }
}
