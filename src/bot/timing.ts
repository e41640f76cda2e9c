import { hasEnded } from '../core/card.ts'
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
  // a running one is the host's to end, and a cancel that nobody takes up proves nothing about the rest
  const mayBegin = record.outgoing.filter(({ id }) => !id.startsWith(`${record.id}-cancel-`))
  const late = mayBegin.some(({ expiresAt }) => now >= Math.max(expiresAt, hearingSince) + graceMilliseconds)
  if (late && record.state !== 'running') {
    const host = record.asked?.host ?? ''
    return {
      ...record,
      state: 'unreachable',
      reason: 'host_unreachable',
      sentence: `Host ${host} did not answer in time. It refuses this request from now on, so nothing was done; look whether its worker runs, then ask again.`,
    }
  }
  return undefined
}
