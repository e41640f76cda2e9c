import { z } from 'zod'
import { JailopsError } from './errors.ts'

/** One person's yes or no to one digest. */
export const voteSchema = z.strictObject({
  person: z.string(),
  name: z.string(),
  choice: z.enum(['yes', 'no']),
  digest: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
})
export type Vote = z.infer<typeof voteSchema>

export interface Ballot {
  /** The person who asked. */
  asker: string
  digest: string
  needed: number
  /** Milliseconds since 1970. */
  expiresAt: number
  votes: readonly Vote[]
}

export type Tally = { kind: 'open'; yes: number } | { kind: 'approved' } | { kind: 'denied'; by: string }

/** Refuses a vote that must not count. @throws expired, own_request, plan_changed, already_voted */
export function checkVote(ballot: Ballot, vote: Vote): void {
  if (vote.at >= ballot.expiresAt) throw new JailopsError('expired', 'The time to approve this has passed; ask for it again.')
  if (vote.digest !== ballot.digest)
    throw new JailopsError('plan_changed', 'The plan has changed since that card was shown; look at the new plan first.')
  if (vote.person === ballot.asker) throw new JailopsError('own_request', 'Nobody approves or denies their own request; you can cancel it.')
  if (ballot.votes.some((earlier) => earlier.person === vote.person && earlier.digest === vote.digest)) {
    throw new JailopsError('already_voted', 'Your vote on this plan is already counted.')
  }
}

/** One no ends it; otherwise enough yeses of different people, on exactly this digest, approve it. */
export function tally({ asker, digest, needed, votes }: Ballot): Tally {
  const counted = votes.filter((vote) => vote.digest === digest && vote.person !== asker)
  const no = counted.find((vote) => vote.choice === 'no')
  if (no !== undefined) return { kind: 'denied', by: no.name }
  const yes = new Set(counted.map((vote) => vote.person)).size
  return yes >= needed ? { kind: 'approved' } : { kind: 'open', yes }
}
