import { hasEnded } from '../core/card.ts'
import type { KnownHost } from './hosts.ts'
import { everyHost, type RequestRecord } from './record.ts'
import { mayBegin } from './timing.ts'

/* A host that was taken out of jailops.yaml is heard no more: what is open on it ends as what can be known of it. */

export function isForRemovedHost({ state, asked }: RequestRecord, hosts: readonly KnownHost[]): boolean {
  const host = asked?.host
  return host !== undefined && host !== everyHost && !hasEnded(state) && !hosts.some(({ name }) => name === host)
}

/** `back`: the request without the messages by which the host could begin, where it is certain that it never got them. */
export function afterRemoval(record: RequestRecord, back: RequestRecord | undefined): RequestRecord {
  const gone = `Host ${record.asked?.host ?? ''} is named in jailops.yaml no more, so nobody hears it.`
  if (nothingCanHaveBegun(record, back !== undefined)) {
    return {
      ...(back ?? record),
      outgoing: [],
      state: 'unreachable',
      reason: 'host_unreachable',
      sentence: `${gone} Nothing was done on it. To have it done, name the host there again and ask again.`,
    }
  }
  return {
    ...record,
    outgoing: [],
    state: 'needs_human',
    reason: 'state_unknown',
    sentence: `${gone} It took this up, or may have, and what it did is not known. Look on the host itself.`,
  }
}

function nothingCanHaveBegun(record: RequestRecord, isTakenBack: boolean): boolean {
  const { state, asked } = record
  if (asked?.risk !== 'change' || asked.dryRun || state === 'waiting') return true
  // its plan alone is asked for
  if (state === 'planning' && !asked.execute) return true
  return state !== 'running' && isTakenBack && mayBegin(record).length > 0
}
