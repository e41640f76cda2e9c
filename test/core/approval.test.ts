import { describe, expect, it } from 'vitest'
import { type Ballot, checkVote, tally, type Vote } from '../../src/core/approval.ts'
import { personOf, policySchema } from '../../src/core/policy.ts'
import { refusal } from './refusal.ts'

const vote = (person: string, more: Partial<Vote> = {}): Vote => ({ person, name: person, choice: 'yes', digest: 'd1', at: 100, ...more })
const ballot = (votes: readonly Vote[], more: Partial<Ballot> = {}): Ballot => ({
  asker: 'ana',
  digest: 'd1',
  needed: 2,
  expiresAt: 1000,
  votes,
  ...more,
})

describe('checkVote', () => {
  it.each(['yes', 'no'] as const)('takes a %s of somebody else in time', (choice) => {
    expect(() => checkVote(ballot([vote('bo')]), vote('cy', { choice, at: 999 }))).not.toThrow()
  })

  it.each([
    ['one’s own request', ballot([]), vote('ana'), 'own_request'],
    ['one’s own request, to deny it', ballot([]), vote('ana', { choice: 'no' }), 'own_request'],
    ['twice', ballot([vote('bo')]), vote('bo'), 'already_voted'],
    ['twice, another mind', ballot([vote('bo')]), vote('bo', { choice: 'no' }), 'already_voted'],
    ['at the very end of its time', ballot([]), vote('bo', { at: 1000 }), 'expired'],
    ['another digest', ballot([]), vote('bo', { digest: 'd2' }), 'plan_changed'],
  ])('refuses: %s', (_, on, cast, code) => {
    expect(refusal(() => checkVote(on, cast)).code).toBe(code)
  })

  it('lets those vote again who voted on an earlier plan', () => {
    expect(() => checkVote(ballot([vote('bo', { digest: 'd0' })]), vote('bo'))).not.toThrow()
  })

  it('knows one person by two linked accounts', () => {
    const policy = policySchema.parse({ people: { ana: ['slack:user:U1', 'discord:user:7'] } })
    const person = personOf(policy, { platform: 'discord', id: '7', name: 'Ana', groups: [], kind: 'person' })
    expect(refusal(() => checkVote(ballot([]), vote(person))).code).toBe('own_request')
  })
})

describe('tally', () => {
  it.each([
    ['nobody yet', ballot([]), { kind: 'open', yes: 0 }],
    ['one of two', ballot([vote('bo')]), { kind: 'open', yes: 1 }],
    ['two of two', ballot([vote('bo'), vote('cy')]), { kind: 'approved' }],
    ['three of two', ballot([vote('bo'), vote('cy'), vote('di')]), { kind: 'approved' }],
    ['one person twice', ballot([vote('bo'), vote('bo')]), { kind: 'open', yes: 1 }],
    ['yes to another plan', ballot([vote('bo'), vote('cy', { digest: 'd0' })]), { kind: 'open', yes: 1 }],
    ['no to another plan', ballot([vote('bo'), vote('cy', { choice: 'no', digest: 'd0' })]), { kind: 'open', yes: 1 }],
    ['one no beside enough yeses', ballot([vote('bo'), vote('cy'), vote('di', { choice: 'no' })]), { kind: 'denied', by: 'di' }],
    ['none needed', ballot([], { needed: 0 }), { kind: 'approved' }],
  ])('%s', (_, on, result) => {
    expect(tally(on)).toEqual(result)
  })

  it('does not count the asker, however the vote came to be there', () => {
    expect(tally(ballot([vote('ana'), vote('bo')]))).toEqual({ kind: 'open', yes: 1 })
  })
})
