import { describe, expect, it } from 'vitest'
import { requestStates } from '../../src/core/card.ts'
import { exitCodeOf, runStateOf } from '../../src/cli/exit-codes.ts'

describe('exit codes', () => {
  it.each([
    ['stored', 0],
    ['planning', 0],
    ['queued', 0],
    ['running', 0],
    ['done', 0],
    ['refused', 2],
    ['denied', 3],
    ['waiting', 4],
    ['failed', 5],
    ['undone', 5],
    ['needs_human', 6],
    ['unreachable', 7],
    ['cancelled', 8],
    ['expired', 8],
  ] as const)('%s ends with %i', (state, code) => {
    expect(exitCodeOf({ state })).toBe(code)
  })

  it.each([
    ['permission_denied', 3],
    ['no_policy', 3],
    ['not_a_member', 3],
    ['identity_unproved', 3],
    ['own_request', 3],
    ['not_allowed_on_host', 3],
    ['usage', 2],
    ['unknown_jail', 2],
    ['definition_mismatch', 2],
  ])('refused for %s ends with %i', (reason, code) => {
    expect(exitCodeOf({ state: 'refused', reason })).toBe(code)
  })

  it('calls what goes on accepted, and everything else what it is', () => {
    const accepted = requestStates.filter((state) => runStateOf(state) === 'accepted')
    expect(accepted).toEqual(['stored', 'planning', 'queued', 'running'])
  })
})
