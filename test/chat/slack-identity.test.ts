import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fakeDoor } from './fake-door.ts'
import { actorIn, ids, startAdapter, type Town } from './slack-harness.ts'

let town: Town
let time = 0
beforeEach(async () => {
  town = await startAdapter(fakeDoor(), 'socket', { now: () => time })
})
afterEach(() => town.stop())

const who = (id: string) => town.adapter.identify({ ...actorIn('ana'), id })

describe('who somebody is', () => {
  test('a member, with name and those groups that the policy names', async () => {
    expect(await who(ids.ana)).toEqual({ platform: 'slack', id: ids.ana, name: 'ana', kind: 'person', groups: [ids.operators] })
    expect((await who(ids.bo)).groups).toEqual([ids.operators, ids.approvers])
  })

  test.each([
    ['guest', 'guest'],
    ['single-channel guest', 'guest'],
    ['stranger', 'stranger'],
    ['bot', 'bot'],
    ['deleted', 'stranger'],
  ] as const)('a %s is a %s and in no group', async (kind, expected) => {
    town.slack.addUser({ id: 'U0ODD', name: 'odd', kind })
    town.slack.addUserGroup({ id: ids.operators, handle: 'operators', users: ['U0ODD'] })
    expect(await who('U0ODD')).toMatchObject({ kind: expected, groups: [] })
  })

  test('whom Slack does not know is a stranger', async () => {
    expect(await who('U0NOBODY')).toMatchObject({ kind: 'stranger', groups: [] })
  })

  test('is asked once for many, and anew after a minute', async () => {
    await Promise.all(Array.from({ length: 20 }, () => who(ids.ana)))
    expect(town.slack.counts()).toMatchObject({ 'users.info': 1, 'usergroups.users.list': 2 })
    time += 61_000
    town.slack.addUserGroup({ id: ids.operators, handle: 'operators', users: [] })
    expect((await who(ids.ana)).groups).toEqual([])
  })
})

describe('where Slack does not say', () => {
  test.each([
    ['users:read', /lacks the scope users:read/],
    ['usergroups:read', /lacks the scope usergroups:read/],
  ])('for want of %s, the sentence names it', async (scope, sentence) => {
    town.slack.faults.revokeScope(scope)
    await expect(who(ids.ana)).rejects.toMatchObject({ code: 'identity_unproved', message: expect.stringMatching(sentence) })
    town.slack.faults.clear()
    // a question that was under way when it was set right still fails
    await vi.waitFor(async () => expect(await who(ids.ana)).toMatchObject({ kind: 'person' }))
  })

  test('an outage is waited out for a while, then nobody is believed', async () => {
    town.slack.faults.next('users.info', { status: 503 })
    expect(await who(ids.ana)).toMatchObject({ kind: 'person' })
    town.slack.faults.next('users.info', { status: 503 }, { times: 50 })
    await expect(who(ids.bo)).rejects.toMatchObject({ code: 'identity_unproved', message: expect.stringContaining('Try again') })
  })

  test('a rate limit is waited out', async () => {
    town.slack.faults.next('usergroups.users.list', { rateLimited: 1 })
    expect(await who(ids.ana)).toMatchObject({ groups: [ids.operators] })
  })

  test('a group that is not there has nobody in it, and the log says so', async () => {
    town.slack.faults.next('usergroups.users.list', { error: 'no_such_subteam' }, { times: 2 })
    expect((await who(ids.ana)).groups).toEqual([])
    expect(town.problems.map(({ what }) => what)).toContain('a user group of the policy is not there, so nobody is in it')
  })

  test('no token is ever in the log', async () => {
    town.slack.faults.expireToken()
    await expect(who(ids.ana)).rejects.toMatchObject({ code: 'identity_unproved' })
    expect(JSON.stringify(town.problems)).not.toMatch(/xox[a-z]-|xapp-/)
  })
})
