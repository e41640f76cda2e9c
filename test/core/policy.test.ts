import { describe, expect, it } from 'vitest'
import { type Actor, covers, decide, permissionsOf, personOf, policySchema, rolesOf } from '../../src/core/policy.ts'

const policy = policySchema.parse({
  people: { ana: ['slack:user:U1', 'web:user:ana'] },
  roles: {
    operator: { permissions: ['jail.*', 'help'], members: ['slack:group:S1', 'web:user:ana'] },
    viewer: { permissions: ['jail.list'], members: ['slack:user:U3'] },
    empty: { permissions: ['*'], members: [] },
  },
  approvals: [
    { permissions: ['jail.start'], count: 0 },
    { permissions: ['jail.destroy'], count: 2, expiresMinutes: 5 },
    { permissions: ['jail.*'], count: 1 },
  ],
})
const actor = (id: string, more: Partial<Actor> = {}): Actor => ({ platform: 'slack', id, name: 'X', groups: [], kind: 'person', ...more })

describe('decide', () => {
  it('says no to everybody where there is no policy', () => {
    expect(decide(policySchema.parse({}), actor('U1'), { permission: 'help', risk: 'bot' })).toMatchObject({
      kind: 'no',
      code: 'no_policy',
    })
  })

  it.each(['guest', 'bot', 'stranger'] as const)('says no to a %s, even one that a role names', (kind) => {
    expect(decide(policy, actor('U1', { kind, groups: ['S1'] }), { permission: 'help', risk: 'bot' })).toMatchObject({
      kind: 'no',
      code: 'not_a_member',
    })
    expect(permissionsOf(policy, actor('U1', { kind, groups: ['S1'] }))).toEqual([])
  })

  it.each([
    ['somebody without a role', actor('U9'), 'jail.list'],
    ['a role without this permission', actor('U3'), 'jail.create'],
    ['the right id on another platform', actor('U3', { platform: 'discord' }), 'jail.list'],
    ['the right group on another platform', actor('U9', { platform: 'discord', groups: ['S1'] }), 'jail.list'],
    ['a group that has the id of a person', actor('U9', { groups: ['U3'] }), 'jail.list'],
    ['a name that is somebody’s id', actor('U9', { name: 'U3' }), 'jail.list'],
    ['an operator outside his field', actor('U1'), 'proxy.add'],
  ])('denies by default: %s', (_, who, permission) => {
    expect(decide(policy, who, { permission, risk: 'change' })).toMatchObject({ kind: 'no', code: 'permission_denied' })
  })

  it('names the role that does not suffice, and the permission that would', () => {
    const decision = decide(policy, actor('U3'), { permission: 'jail.create', risk: 'change' })
    expect(decision).toMatchObject({ sentence: expect.stringContaining('viewer') })
    expect(decision).toMatchObject({ sentence: expect.stringContaining('jail.create') })
  })

  it.each([
    ['by group', actor('U9', { groups: ['S0', 'S1'] }), 'help', { kind: 'yes' }],
    ['by a linked account', actor('U1'), 'help', { kind: 'yes' }],
    ['what the first fitting rule lets through', actor('U1'), 'jail.start', { kind: 'yes' }],
    ['with the first fitting rule', actor('U1'), 'jail.destroy', { kind: 'approvals', count: 2, expiresMinutes: 5 }],
    ['with the default time', actor('U1'), 'jail.create', { kind: 'approvals', count: 1, expiresMinutes: 60 }],
  ])('allows %s', (_, who, permission, decision) => {
    expect(decide(policy, who, { permission, risk: 'change' })).toEqual(decision)
  })
})

describe('people', () => {
  it('counts linked accounts as one person', () => {
    expect(personOf(policy, actor('U1'))).toBe('ana')
    expect(personOf(policy, actor('ana', { platform: 'web' }))).toBe('ana')
  })

  it('takes an account that nobody linked for a person of its own', () => {
    expect(personOf(policy, actor('U9'))).toBe('slack:user:U9')
  })

  it('gives each account the roles of all', () => {
    expect(rolesOf(policy, actor('U1'))).toEqual(['operator'])
  })

  it.each(['__proto__', 'constructor', 'toString'])('is not fooled by the id %s', (id) => {
    expect(rolesOf(policy, actor(id))).toEqual([])
    expect(personOf(policy, actor(id))).toBe(`slack:user:${id}`)
  })
})

describe('covers', () => {
  it.each([
    ['*', 'jail.create', true],
    ['jail.*', 'jail.create', true],
    ['jail.*', 'jail.snapshot.create', true],
    ['jail.create', 'jail.create', true],
    ['jail.*', 'jails.x', false],
    ['jail.*', 'jail', false],
    ['jail.create', 'jail.createx', false],
    ['jail.create', 'jail', false],
    ['jail', 'jail.create', false],
  ])('%s over %s: %s', (pattern, permission, result) => {
    expect(covers(pattern, permission)).toBe(result)
  })

  it.each(['', '.*', 'jail.', 'jail*', '*.create', 'Jail.create', 'jail..x', 'jail.*.x', 'jail create', 'jail.*\n'])(
    'no policy may hold the pattern %j',
    (pattern) => {
      expect(policySchema.safeParse({ roles: { a: { permissions: [pattern], members: [] } } }).success).toBe(false)
    },
  )

  it.each(['ana', 'slack:U1', 'slack:user:', 'slack:team:T1', 'SLACK:user:U1', 'slack:user:a b'])(
    'no role may hold the member %j',
    (member) => {
      expect(policySchema.safeParse({ roles: { a: { permissions: [], members: [member] } } }).success).toBe(false)
    },
  )
})
