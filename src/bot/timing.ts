import { hasEnded } from '../core/card.ts'
import { showMoment } from '../core/until.ts'
import type { RequestRecord } from './record.ts'

/** How long after a message's own expiry we still wait for the host to say that it had it: its clock may differ. */
const graceMilliseconds = 10_000

/**
 * What the passing of time makes of a request; undefined when nothing is due. `hearingSince`: while we were away, or could store
 * nothing, the host may have answered without being heard.
 */
export function afterTime(record: RequestRecord, now: number, hearingSince = 0): RequestRecord | undefined {
  if (hasEnded(record.state)) return undefined
  if (record.state === 'waiting' && record.approval !== undefined && now >= record.approval.expiresAt) {
    return {
      ...record,
      state: 'expired',
      reason: 'expired',
      sentence: 'Nobody approved it in time, so nothing was done. Ask for it again.',
    }
  }
  // a running one is the host's to end
  const late = mayBegin(record).find(({ expiresAt }) => now >= Math.max(expiresAt, hearingSince) + graceMilliseconds)
  if (late !== undefined && record.state !== 'running') {
    const host = record.asked?.host ?? ''
    if (record.kept?.until === late.expiresAt) {
      const until = showMoment(record.kept.until, record.kept.zone)
      return {
        ...record,
        state: 'expired',
        reason: 'expired',
        sentence: `Host ${host} did not take this up by ${until}. It was taken back from its queue, so nothing was done. Ask for it again.`,
      }
    }
    return {
      ...record,
      state: 'unreachable',
      reason: 'host_unreachable',
      sentence: `Host ${host} did not take this up in time. It was taken back from its queue, so nothing was done; look whether its worker runs, then ask again.`,
    }
  }
  return undefined
}

/** The request with its new plan on show: from the first one on, its approvals have their time. */
export function withPlanShown(record: RequestRecord, now: number): RequestRecord {
  const { approval, plannedAt } = record
  const minutes = plannedAt === undefined ? approval?.minutes : undefined
  const begun = approval !== undefined && minutes !== undefined && { approval: { ...approval, expiresAt: now + minutes * 60_000 } }
  return { ...record, plannedAt: now, ...begun }
}

/** Messages by which the host could begin; a cancel that nobody takes up proves nothing about the rest. */
export function mayBegin({ id: request, outgoing }: RequestRecord): RequestRecord['outgoing'] {
  return outgoing.filter(({ id }) => !id.startsWith(`${request}-cancel-`))
}

/** The host has it, or may have it, and is silent: whether anything was done is not known, and is not guessed. */
export function notHeardOf(record: RequestRecord): RequestRecord | undefined {
  const sentence = silence(record)
  return record.sentence === sentence ? undefined : { ...record, sentence }
}

/** The request without what was said of the host's silence: it was heard again. */
export function heardAgain(record: RequestRecord): RequestRecord {
  if (record.sentence !== silence(record)) return record
  const { sentence: _sentence, ...rest } = record
  return rest
}

function silence({ asked }: RequestRecord): string {
  return `Host ${asked?.host ?? ''} took this up, or may have, and has not been heard of since. What it did is not known yet; this card says so as soon as it is back.`
}
