import type { Card, RequestState } from '../core/card.ts'

/** What `jailops run` says of a request, and its exit code. */
export type RunState = Exclude<RequestState, 'stored' | 'planning' | 'queued' | 'running'> | 'accepted'

const policyReasons = new Set(['permission_denied', 'no_policy', 'not_a_member', 'identity_unproved', 'own_request', 'not_allowed_on_host'])

export function runStateOf(state: RequestState): RunState {
  return state === 'stored' || state === 'planning' || state === 'queued' || state === 'running' ? 'accepted' : state
}

/** 0 done or accepted, 2 usage or bad argument, 3 refused by policy or denied, 4 waiting, 5 failed or undone, 6 needs a human, 7 unreachable, 8 expired or cancelled. */
export function exitCodeOf({ state, reason }: Pick<Card, 'state' | 'reason'>): number {
  switch (runStateOf(state)) {
    case 'accepted':
    case 'done':
      return 0
    case 'refused':
      return reason !== undefined && policyReasons.has(reason) ? 3 : 2
    case 'denied':
      return 3
    case 'waiting':
      return 4
    case 'failed':
    case 'undone':
      return 5
    case 'needs_human':
      return 6
    case 'unreachable':
      return 7
    case 'cancelled':
    case 'expired':
      return 8
  }
}
