import { describe, expect, it } from 'vitest'
import { afterAnswer } from '../../src/bot/hearing.ts'
import { afterTime, notHeardOf } from '../../src/bot/timing.ts'
import { afterCancel, afterVote } from '../../src/bot/voting.ts'
import { requestStates } from '../../src/core/card.ts'
import { digestOf } from '../../src/core/plan.ts'
import { refusal } from '../core/refusal.ts'
import { fromHost } from './bot-bench.ts'
import { planningRecord, recordOf, request, thePlan, vote, theDigest } from './records.ts'

const otherPlan = { ...thePlan, resources: ['jail:other'] }
const digestFor = (plan: typeof thePlan) => digestOf({ host: 'web1', command: 'jail create', args: { jail: 'blog' } }, plan)
const otherDigest = digestFor(otherPlan)
const planned = (number: number, plan = thePlan) => fromHost(request, number, { kind: 'planned', plan, digest: digestFor(plan) })
const progress = (number: number, begun: boolean, taken: string[] = []) =>
  fromHost(request, number, { kind: 'progress', steps: [{ state: 'running' }, { state: 'pending' }], begun, taken })
const executed = {
  command: 'jail create',
  args: { jail: 'blog' },
  line: 'jail create blog',
  risk: 'change',
  host: 'web1',
  dryRun: false,
  execute: true,
  person: 'ana',
} as const
const result = fromHost(request, 9, { kind: 'result', state: 'undone', reason: 'step_failed', sentence: 'It broke.', steps: [] })

describe('hearing', () => {
  it('a plan makes it wait, and shows that the host has the message', () => {
    expect(afterAnswer(planningRecord(), planned(3))).toMatchObject({
      state: 'waiting',
      digest: theDigest,
      outgoing: [],
      heard: { planned: 3 },
    })
  })

  it('a changed plan voids the votes and says so, also when it changes back', () => {
    const queued = recordOf({ state: 'queued', approval: { needed: 1, expiresAt: 300_000, votes: [vote('bo')] } })
    const changed = afterAnswer(queued, planned(7, otherPlan))
    expect(changed).toMatchObject({ state: 'waiting', digest: otherDigest, sentence: expect.stringContaining('approval anew') })
    expect(refusal(() => afterVote(changed ?? queued, vote('cy'))).code).toBe('plan_changed')

    const back = afterAnswer(changed ?? queued, planned(8))
    expect(back).toMatchObject({ state: 'waiting', digest: theDigest })
    expect(afterVote(back ?? queued, vote('bo')).outcome).toBe('approved')
  })

  it('a plan under a digest that is not its own is not shown', () => {
    const answer = fromHost(request, 3, { kind: 'planned', plan: otherPlan, digest: theDigest })
    expect(afterAnswer(planningRecord(), answer)).toMatchObject({ state: 'failed', reason: 'internal' })
  })

  it('progress shows steps, and what the host has taken is sent no more', () => {
    const next = afterAnswer(planningRecord(), progress(2, true, [`${request}-plan-1`]))
    expect(next).toMatchObject({ state: 'running', outgoing: [], steps: [{ state: 'running' }, { state: 'pending' }] })
  })

  it.each([
    ['progress', progress(3, true)],
    ['a plan', planned(4)],
  ])('%s, it says no more that nothing was heard', (_, message) => {
    const silent = notHeardOf(planningRecord({ asked: executed }))
    expect(silent?.sentence).toContain('not been heard of since')
    const next = afterAnswer(silent ?? planningRecord(), message)
    expect(next).toMatchObject({ heard: expect.anything() })
    expect(next).not.toHaveProperty('sentence')
  })

  it('keeps what else was said of it', () => {
    expect(afterAnswer(planningRecord({ sentence: 'Ana cancelled it.' }), progress(3, true))?.sentence).toBe('Ana cancelled it.')
  })

  it.each(requestStates.filter((state) => !['stored', 'planning', 'waiting', 'queued', 'running', 'unreachable'].includes(state)))(
    'what ended as %s stays so',
    (state) => {
      for (const message of [planned(20), progress(20, true), result]) expect(afterAnswer(recordOf({ state }), message)).toBeUndefined()
    },
  )

  it.each([
    ['not approved', recordOf(), 'waiting'],
    ['approved', recordOf({ approval: { needed: 1, expiresAt: 1, votes: [vote('bo')] } }), 'queued'],
    ['not planned', planningRecord(), 'planning'],
  ] as const)('a host that was reached after all, %s: as it was before', (_, record, state) => {
    const lost = { ...record, state: 'unreachable' as const, reason: 'host_unreachable', sentence: 'Nothing was done.' }
    const next = afterAnswer(lost, progress(8, false))
    expect(next).toMatchObject({ state })
    expect([next?.reason, next?.sentence]).toEqual([undefined, undefined])
    expect(afterAnswer(lost, result)).toMatchObject({ state: 'undone', reason: 'step_failed', sentence: 'It broke.' })
  })
})

describe('time', () => {
  it.each([
    ['waits within its time', recordOf(), 299_999, undefined],
    ['waits too long', recordOf(), 300_000, 'expired'],
    ['a message that may still be taken', planningRecord(), 70_999, undefined],
    ['a message that nobody took', planningRecord(), 71_000, 'unreachable'],
    ['one that runs', planningRecord({ state: 'running' }), 900_000, undefined],
    [
      'a cancel that nobody took',
      recordOf({ state: 'queued', outgoing: [{ id: `${request}-cancel-2`, token: '', expiresAt: 1 }] }),
      900_000,
      undefined,
    ],
    ['an end', recordOf({ state: 'done' }), 900_000, undefined],
  ] as const)('%s', (_, record, now, state) => {
    expect(afterTime(record, now)?.state).toBe(state)
  })

  it('counts from when the host could be heard again', () => {
    expect(afterTime(planningRecord(), 509_999, 500_000)).toBeUndefined()
    expect(afterTime(planningRecord(), 510_000, 500_000)?.state).toBe('unreachable')
  })
})

describe('voting', () => {
  it.each([
    ['enough yeses', recordOf(), vote('bo'), 'approved', 'queued'],
    ['one of two', recordOf({ approval: { needed: 2, expiresAt: 300_000, votes: [] } }), vote('bo'), 'open', 'waiting'],
    ['a no', recordOf(), vote('bo', 'no'), 'denied', 'denied'],
  ] as const)('%s', (_, record, cast, outcome, state) => {
    expect(afterVote(record, cast)).toMatchObject({ outcome, record: { state } })
  })

  it.each(requestStates.filter((state) => state !== 'waiting'))('is over, or not yet, when %s', (state) => {
    expect(refusal(() => afterVote(recordOf({ state }), vote('bo'))).code).toBe('not_waiting')
  })
})

describe('cancelling', () => {
  it.each([
    ['waiting', recordOf(), 'cancelled'],
    ['planning for approval', planningRecord(), 'cancelled'],
    ['approved', recordOf({ state: 'queued' }), 'queued'],
    ['running', recordOf({ state: 'running' }), 'running'],
  ])('%s', (_, record, state) => {
    expect(afterCancel(record, 'Ana')).toMatchObject({ state, cancelRequested: true })
  })

  it('of what has ended is refused', () => {
    expect(refusal(() => afterCancel(recordOf({ state: 'done' }), 'Ana')).code).toBe('not_waiting')
  })
})
