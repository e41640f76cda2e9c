import { checkVote, tally, type Vote } from '../core/approval.ts'
import { hasEnded } from '../core/card.ts'
import { JailopsError } from '../core/errors.ts'
import type { RequestRecord } from './record.ts'

/** A request with one vote more. @throws not_waiting and what checkVote throws */
export function afterVote(record: RequestRecord, vote: Vote): { record: RequestRecord; outcome: 'open' | 'approved' | 'denied' } {
  const { approval, asked, digest } = record
  if (record.state !== 'waiting' || approval === undefined || asked === undefined || digest === undefined) {
    const now = hasEnded(record.state) ? `has ended already: ${record.state}` : 'is not waiting for approval'
    throw new JailopsError('not_waiting', `That request ${now}.`)
  }
  const ballot = { asker: asked.person, digest, needed: approval.needed, expiresAt: approval.expiresAt, votes: approval.votes }
  checkVote(ballot, vote)
  const votes = [...approval.votes, vote]
  const voted: RequestRecord = { ...record, approval: { ...approval, votes } }
  const count = tally({ ...ballot, votes })
  if (count.kind === 'approved') return { record: { ...voted, state: 'queued' }, outcome: 'approved' }
  if (count.kind === 'denied') {
    return {
      record: { ...voted, state: 'denied', reason: 'denied', sentence: `${count.by} said no, so nothing was done.` },
      outcome: 'denied',
    }
  }
  return { record: voted, outcome: 'open' }
}

/**
 * A request that somebody takes back: at once while nothing can have begun, else when the host says so. `isTakenBack`: the host never
 * got its messages. @throws not_waiting
 */
export function afterCancel(record: RequestRecord, by: string, isTakenBack = false): RequestRecord {
  if (hasEnded(record.state)) throw new JailopsError('not_waiting', `That request has ended already: ${record.state}.`)
  const surelyNotBegun =
    isTakenBack ||
    record.state === 'waiting' ||
    record.state === 'stored' ||
    (record.state === 'planning' && record.asked?.execute === false)
  if (surelyNotBegun) {
    return {
      ...record,
      state: 'cancelled',
      reason: 'cancelled',
      sentence: `${by} cancelled it before anything was done.`,
      cancelRequested: true,
    }
  }
  return { ...record, cancelRequested: true, sentence: `${by} cancelled it; what was done is being taken back.` }
}
