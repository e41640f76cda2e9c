import { tally } from '../core/approval.ts'
import { hasEnded } from '../core/card.ts'
import type { BotMessage } from '../core/message.ts'
import { digestOf, type Plan } from '../core/plan.ts'
import type { RequestRecord } from './record.ts'
import { heardAgain } from './timing.ts'

/** What a host's answer makes of a request; undefined when it says nothing new. Pure, so that hearing it twice is harmless. */
export function afterAnswer(before: RequestRecord, { body, number, host }: BotMessage): RequestRecord | undefined {
  // once ended it stays so; only "host not reached" may be corrected by the host itself
  if (before.asked?.host !== host || (hasEnded(before.state) && before.state !== 'unreachable')) return undefined
  const record = { ...heardAgain(before), asked: before.asked }
  switch (body.kind) {
    case 'planned': {
      if (number <= record.heard.planned) return undefined
      const heard = { ...record.heard, planned: number }
      const digest = ownDigest(record, body.plan)
      // without approvals the host is at work already, and its result says how that went
      if (digest !== body.digest) return { ...record, heard, ...(!record.asked.execute && untrue) }
      const planned = {
        ...record,
        heard,
        // it was made because of them, so the host has them
        outgoing: record.outgoing.filter(({ id }) => isCancel(record, id)),
        plan: body.plan,
        digest,
        steps: body.plan.steps.map(() => ({ state: 'pending' as const })),
      }
      if (record.asked.execute || record.asked.dryRun || body.plan.steps.length === 0) return planned
      const { sentence: _sentence, reason: _reason, ...rest } = planned
      const changed = record.digest !== undefined && record.digest !== digest
      // what was said of another plan is used up, also should that plan come back
      const approval = changed && rest.approval !== undefined ? { ...rest.approval, votes: [] } : rest.approval
      return {
        ...rest,
        state: 'waiting',
        ...(approval && { approval }),
        ...(changed && {
          sentence: 'The host has changed since this was planned, so nothing was done. This is the plan now; it needs approval anew.',
        }),
      }
    }
    case 'progress': {
      if (number <= record.heard.progress) return undefined
      const heard = { ...record.heard, progress: number }
      const outgoing = record.outgoing.filter(({ id }) => !body.taken.includes(id))
      const was = record.state === 'unreachable' ? reached(record) : record
      return { ...was, heard, outgoing, ...(body.begun && { state: 'running' }), ...(body.steps.length > 0 && { steps: body.steps }) }
    }
    case 'result': {
      const { reason: _reason, sentence: _sentence, ...rest } = record
      return {
        ...rest,
        state: body.state,
        outgoing: [],
        ...(body.reason !== undefined && { reason: body.reason }),
        ...(body.sentence !== undefined && { sentence: body.sentence }),
        ...(body.answer !== undefined && { answer: body.answer }),
        ...(body.output !== undefined && { output: body.output }),
        ...(body.steps.length > 0 && { steps: body.steps }),
      }
    }
    case 'alerts':
    case 'inventory':
    case 'alive':
      return undefined
  }
}

const untrue = {
  state: 'failed',
  reason: 'internal',
  sentence:
    'The host sent a plan under a digest that is not its own, so it was not shown and nothing was done. Are bot and host of one version?',
} as const

/** Of the plan that is shown: what people approve is computed here, not believed. */
function ownDigest({ asked }: RequestRecord, plan: Plan): string | undefined {
  return asked?.host === undefined ? undefined : digestOf({ host: asked.host, command: asked.command, args: asked.args }, plan)
}

/** That it was not reached has turned out wrong: how it stood before, with nothing said of it. */
function reached({ reason: _reason, sentence: _sentence, ...record }: RequestRecord): RequestRecord {
  const { approval, asked, digest } = record
  if (approval === undefined || asked === undefined || digest === undefined) return { ...record, state: 'planning' }
  return { ...record, state: tally({ asker: asked.person, digest, ...approval }).kind === 'approved' ? 'queued' : 'waiting' }
}

function isCancel(record: RequestRecord, id: string): boolean {
  return id.startsWith(`${record.id}-cancel-`)
}
