import type { RequestRecord } from '../../src/bot/record.ts'
import { digestOf, plan } from '../../src/core/plan.ts'
import { incoming } from './bot-bench.ts'

export const request = 'raaaaaaaaaaaaaaa'
export const thePlan = plan(
  [
    { title: 'Make it', action: { kind: 'folder', path: '/x', mode: 0o755 } },
    { title: 'Say it', action: { kind: 'run', argv: ['logger'], stdin: 'x\n'.repeat(3000), timeoutSeconds: 1 }, final: 'said is said' },
  ],
  { resources: ['jail:blog'], outcome: [{ name: 'Address', value: '10.0.0.2' }], remarks: ['Two sessions are open.'] },
)

export const theDigest = digestOf({ host: 'web1', command: 'jail create', args: { jail: 'blog' } }, thePlan)

/** A change that waits for the approval of its plan. */
export function recordOf(more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: request,
    incoming: incoming('ana', 'jail create blog'),
    createdAt: 1000,
    updatedAt: 1000,
    state: 'waiting',
    asked: {
      command: 'jail create',
      args: { jail: 'blog' },
      line: 'jail create blog',
      risk: 'change',
      host: 'web1',
      dryRun: false,
      execute: false,
      person: 'ana',
    },
    approval: { needed: 1, expiresAt: 300_000, votes: [] },
    plan: thePlan,
    digest: theDigest,
    steps: [{ state: 'pending' }, { state: 'pending' }],
    heard: { planned: 3, progress: 2 },
    sent: 1,
    messages: [],
    outgoing: [],
    cancelRequested: false,
    ...more,
  }
}

/** The same before the host has answered. */
export function planningRecord(more: Partial<RequestRecord> = {}): RequestRecord {
  const { plan: _plan, digest: _digest, ...rest } = recordOf({ state: 'planning', steps: [], heard: { planned: 0, progress: 0 } })
  return { ...rest, outgoing: [{ id: `${request}-plan-1`, token: 't1', expiresAt: 61_000 }], ...more }
}

export const vote = (person: string, choice: 'yes' | 'no' = 'yes', digest = theDigest) => ({
  person,
  name: person,
  choice,
  digest,
  at: 2000,
})
