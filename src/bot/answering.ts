import type { BotCommand, Command, RequestSummary } from '../core/command.ts'
import type { Card } from '../core/card.ts'
import type { Clock } from '../core/clock.ts'
import { JailopsError } from '../core/errors.ts'
import type { ToHost } from '../core/message.ts'
import { permissionsOf, type Policy, rolesOf } from '../core/policy.ts'
import { typedOf } from './cards.ts'
import { type KnownHost, summaryOf } from './hosts.ts'
import type { Judgement } from './judge.ts'
import type { RequestRecord } from './record.ts'
import type { Requests } from './requests.ts'
import { mayBegin } from './timing.ts'
import type { UnaskedDoors } from './unasked.ts'
import { afterCancel, afterVote } from './voting.ts'

export interface AnsweringDeps {
  now: Clock
  commands: readonly Command[]
  policy: Policy
  hosts(): readonly KnownHost[]
  requests: Requests
  change: Requests['change']
  card(record: RequestRecord): Promise<Card>
  /** The request with one message to its host more. */
  tell(record: RequestRecord, body: ToHost): Promise<RequestRecord>
  /** What a host seals to where its answer is for the asker alone. */
  keyFor(request: string): string
  /** The request without the messages that its host never got; undefined where that is not certain. */
  takeBack(record: RequestRecord): Promise<RequestRecord | undefined>
  /** Since when hosts are listened to. */
  hearingSince(): number
  /** Of jailops. */
  version: string
  unasked: UnaskedDoors
}

/** Commands that the bot answers itself: it lends them its doors. */
export async function answerItself(
  command: BotCommand,
  judgement: Judgement,
  record: RequestRecord,
  { now, commands, policy, hosts, requests, change, card, tell, keyFor, takeBack, hearingSince, version, unasked }: AnsweringDeps,
): Promise<Pick<RequestRecord, 'asked' | 'answer' | 'about'>> {
  const { actor, said } = record.incoming
  const { person, args, line } = judgement
  const asked = { command: command.path, args, line, risk: command.risk, dryRun: false, execute: true, person }
  const answer = await command.answer({
    ...unasked,
    args,
    actor,
    commands,
    hosts: hosts().map((host) => summaryOf(host, now(), hearingSince())),
    version,
    ...(judgement.host !== undefined && { host: judgement.host.name }),
    person: { id: person, roles: rolesOf(policy, actor), permissions: permissionsOf(policy, actor) },
    requests: async (limit) =>
      (await requests.recent(limit + 1))
        .filter(({ id }) => id !== record.id)
        .slice(0, limit)
        .map(summary),
    async card(id) {
      return card((await requests.get(id)) ?? unknown(id))
    },
    async vote(id, choice) {
      const voted = await change(id, async (target) => {
        // a button votes on the plan that it was shown under, a typed approval on the one that stands now
        const digest = said.kind === 'press' && 'digest' in said.press ? said.press.digest : (target.digest ?? '')
        // already counted for this very invocation, before a crash
        const isCounted = target.approval?.votes.some(
          (vote) => vote.person === person && vote.digest === digest && vote.choice === choice && vote.at >= record.createdAt,
        )
        if (isCounted === true) return target
        if (said.kind !== 'press' && target.plannedAt !== undefined && record.createdAt < target.plannedAt) {
          throw new JailopsError('plan_changed', 'The plan has changed since you said that; look at the new plan first.')
        }
        const { record: next, outcome } = afterVote(target, { person, name: actor.name, choice, digest, at: now() })
        if (outcome === 'approved') {
          const confides = commands.some((one) => one.path === target.asked?.command && one.risk === 'change' && one.confides === true)
          return tell(next, { kind: 'apply', digest, votes: next.approval?.votes ?? [], ...(confides && { sealTo: keyFor(id) }) })
        }
        return outcome === 'denied' ? tell(next, { kind: 'cancel' }) : next
      })
      return summary(voted ?? unknown(id))
    },
    async cancel(id) {
      const cancelled = await change(id, async (target) => {
        // the same, before a crash
        if (target.cancelRequested && target.updatedAt >= record.createdAt) return target
        // what is kept for a host that is away lies on its queue: there it can be taken back
        const back = target.kept !== undefined && mayBegin(target).length > 0 ? await takeBack(target) : undefined
        return tell(afterCancel(back ?? target, actor.name, back !== undefined), { kind: 'cancel' })
      })
      return summary(cancelled ?? unknown(id))
    },
  })
  const { about, ...said_ } = answer
  return { asked, answer: said_, ...(about !== undefined && { about: about.request }) }
}

function unknown(id: string): never {
  throw new JailopsError('unknown_request', `There is no request ${id}; /job list shows the latest ones.`)
}

function summary(record: RequestRecord): RequestSummary {
  const { id, state, asked, incoming, createdAt } = record
  return {
    request: id,
    state,
    command: asked?.line ?? typedOf(incoming.said).slice(0, 80),
    person: incoming.actor.name,
    host: asked?.host ?? '-',
    createdAt,
  }
}
