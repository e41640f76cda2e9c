import { definitionHash } from '../core/command.ts'
import type { Clock } from '../core/clock.ts'
import { type HostMessage, messageId, type ToHost } from '../core/message.ts'
import { awayMilliseconds, isAway, type KnownHost } from './hosts.ts'
import type { Judgement } from './judge.ts'
import { awayRefusal } from './keeping.ts'
import { everyHost, type RequestRecord } from './record.ts'
import { mayBegin } from './timing.ts'

/** What goes on a host's queue. */
export interface Posted {
  host: string
  id: string
  token: string
  /** Nothing is carried out for it, so nobody asks later whether it was taken. */
  isQuestion: boolean
}

export interface Posting {
  now: Clock
  sign(message: HostMessage): Promise<string>
  /** Puts it on the host's queue, trying until it is there; the same id again is harmless. */
  post(message: Posted): Promise<void>
  /** Takes it off the queue again. @returns whether it is certain that the host never got it */
  withdraw(host: string, id: string): Promise<boolean>
  hosts(): readonly KnownHost[]
  /** Of this machine, such as `Europe/Berlin`. */
  zone: string
}

type Outgoing = RequestRecord['outgoing'][number]

export interface Asking {
  /** The request with its first message to the host in it, to be stored and then sent. @throws host_unreachable */
  ask(record: RequestRecord, judgement: Judgement): Promise<RequestRecord>
  /** The request with one message more. */
  tell(record: RequestRecord, body: ToHost): Promise<RequestRecord>
  send(record: RequestRecord, message: Outgoing): void
  /** The request without the messages by which it could begin: they are off the queue. Undefined where it is not certain that it never will. */
  takeBack(record: RequestRecord): Promise<RequestRecord | undefined>
}

/** A host heard of lately gets half a minute to take a message: enough for a restart. One that seems to be away, ten seconds. */
const patience = { seen: 30_000, away: 10_000 }
/** For requests without approval: how long their choices stay reserved. */
const reserveMilliseconds = 10 * 60_000

/** `hearingSince`: since when hosts are listened to. `keyFor`: what a host seals an answer to that is for the asker alone. */
export function asking(
  { now, sign, post, withdraw, hosts, zone }: Posting,
  hearingSince: () => number,
  keyFor: (request: string) => string,
): Asking {
  const underway = new Set<string>()

  async function tell(record: RequestRecord, body: ToHost): Promise<RequestRecord> {
    const host = record.asked?.host
    // what all were asked is read only: there is nothing to cancel on a host
    if (host === undefined || host === everyHost) return record
    const sent = record.sent + 1
    const seenAt = hosts().find((known) => known.name === host)?.seenAt ?? 0
    const message: HostMessage = {
      id: messageId(record.id, body.kind, sent),
      request: record.id,
      host,
      issuedAt: now(),
      expiresAt: Math.max(
        now() + (body.kind !== 'query' && now() - seenAt < awayMilliseconds ? patience.seen : patience.away),
        record.kept?.until ?? 0,
      ),
      body,
    }
    const token = await sign(message)
    return { ...record, sent, outgoing: [...record.outgoing, { id: message.id, token, expiresAt: message.expiresAt }] }
  }

  return {
    tell,
    async takeBack(record) {
      const host = record.asked?.host ?? ''
      const messages = mayBegin(record)
      // what is still being put there could land after we have looked
      if (messages.some(({ id }) => underway.has(id))) return undefined
      const answers = await Promise.all(messages.map(({ id }) => withdraw(host, id)))
      // sent again, it would be there again
      return answers.every(Boolean) ? { ...record, outgoing: record.outgoing.filter((one) => !messages.includes(one)) } : undefined
    },
    async ask(record, { command, args, line, host, person, granted, dryRun, approvals, expiresMinutes, until }) {
      const away = host !== undefined && isAway(host, now(), hearingSince())
      if (away && until === undefined) throw awayRefusal(host, now())
      const execute = !dryRun && approvals === 0
      const asked = {
        command: command.path,
        args,
        line,
        risk: command.risk,
        dryRun,
        execute,
        person,
        ...(host !== undefined && { host: host.name }),
      }
      // the plan may come that late
      const expiresAt = (until ?? now() + patience.seen) + expiresMinutes * 60_000
      const next: RequestRecord = {
        ...record,
        asked,
        state: 'planning',
        ...(command.risk === 'change' &&
          !execute &&
          !dryRun && { approval: { needed: approvals, minutes: expiresMinutes, expiresAt, votes: [] } }),
        ...(until !== undefined && { kept: { until, zone, ...(away && { awaySince: host.seenAt }) } }),
      }
      const question = { command: command.path, args, definition: definitionHash(command), person }
      return command.risk === 'read'
        ? tell(next, { kind: 'query', ...question })
        : tell(next, {
            kind: 'plan',
            ...question,
            granted: [...granted],
            execute,
            dryRun,
            reserveUntil: execute ? (until ?? now()) + reserveMilliseconds : expiresAt,
            ...(command.risk === 'change' && command.confides === true && !dryRun && { sealTo: keyFor(record.id) }),
          })
    },
    send(record, { id, token }) {
      const host = record.asked?.host
      // to one that is configured no more nothing is sent: what is on its queue is taken back
      if (host === undefined || underway.has(id) || !hosts().some(({ name }) => name === host)) return
      underway.add(id)
      const forget = () => underway.delete(id)
      // given up only when we stop: the next start sends it again
      post({ host, id, token, isQuestion: record.asked?.risk === 'read' }).then(forget, forget)
    },
  }
}
