import { JailopsError } from '../core/errors.ts'
import { showMoment, showTime } from '../core/until.ts'
import { type KnownHost, spanText } from './hosts.ts'
import type { RequestRecord } from './record.ts'
import { mayBegin } from './timing.ts'

/* What is asked of a host that is away: refused at once, or kept until an hour that the person names. */

/** The no for whoever did not say how long to keep it. */
export function awayRefusal({ name, seenAt }: KnownHost, now: number): JailopsError {
  const silence = seenAt === 0 ? 'has never been heard of' : `has not been heard of for ${spanText(now - seenAt)}`
  return new JailopsError(
    'host_unreachable',
    `Host ${name} ${silence}, so nothing was done. Say it again with until:2h (or until:18:00) to keep it until the host is back.`,
  )
}

/** What the card says while the host has not taken it. */
export function keptText(record: RequestRecord): string | undefined {
  const { kept, asked, state, cancelRequested } = record
  const isWaitedFor = (state === 'planning' || state === 'queued') && mayBegin(record).length > 0
  if (kept === undefined || !isWaitedFor || cancelRequested) return undefined
  const host = asked?.host ?? ''
  const until = showMoment(kept.until, kept.zone)
  if (kept.awaySince === undefined || state === 'queued') return `Waiting for ${host}, if need be until ${until}.`
  const away = kept.awaySince === 0 ? 'has never been heard of' : `is away since ${showTime(kept.awaySince, kept.zone)}`
  return `Kept for ${host}, which ${away}, until ${until}. It goes on by itself when the host is back.`
}
