import { describe, expect, it } from 'vitest'
import { type Actor, covers, decide, narrowingsOf, permissionsOf, personOf, policySchema, rolesOf } from '../../src/core/policy.ts'

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

const exec = (...words: string[]) => ({ permission: 'jail.exec', risk: 'change', narrowedBy: () => words }) as const

describe('words behind a permission', () => {
  const narrow = policySchema.parse({
    roles: {
      looker: { permissions: ['jail.exec(uptime)', 'jail.exec(nginx -t)', 'jail.exec(service "a b" *)'], members: ['slack:user:U1'] },
      free: { permissions: ['jail.exec', 'jail.start(blog)'], members: ['slack:user:U2'] },
    },
    approvals: [
      { permissions: ['jail.exec(uptime)'], count: 0 },
      { permissions: ['jail.exec'], count: 1 },
    ],
  })
  const may = (who: string, ...words: string[]) => decide(narrow, actor(who), exec(...words), {}).kind

  it.each([
    [['uptime'], 'yes'],
    [['nginx', '-t'], 'approvals'],
    [['service', 'a b'], 'approvals'],
    [['service', 'a b', 'x', 'y z'], 'approvals'],
    [['uptime', '-x'], 'no'],
    [['nginx'], 'no'],
    [['nginx -t'], 'no'],
    [['nginx', '-T'], 'no'],
    [['service', 'a', 'b'], 'no'],
    [['service', 'c'], 'no'],
    [['sh', '-c', 'uptime'], 'no'],
    [['*'], 'no'],
    [[], 'no'],
  ])('%j: %s', (words, kind) => {
    expect(may('U1', ...words)).toBe(kind)
  })

  it('a permission without words covers all, and words of another command nothing', () => {
    expect(may('U2', 'rm', '-rf', '/')).toBe('approvals')
    expect(decide(narrow, actor('U2'), { permission: 'jail.start', risk: 'change' }, { jail: 'blog' }).kind).toBe('no')
    expect(decide(narrow, actor('U2'), { permission: 'jail.start', risk: 'change' }).kind).toBe('no')
  })

  it('before the words are known: whether there are any', () => {
    expect(decide(narrow, actor('U1'), exec()).kind).not.toBe('no')
    expect(decide(narrow, actor('U9'), exec()).kind).toBe('no')
  })

  it('the refusal says which words there are', () => {
    expect(decide(narrow, actor('U1'), exec('reboot'), {})).toMatchObject({
      sentence: expect.stringContaining('uptime; nginx -t; service "a b" *'),
    })
    expect(narrowingsOf(['jail.exec(uptime)', 'jail.*'], 'jail.exec')).toEqual([])
  })

  it.each([
    'jail.exec()',
    'jail.exec( )',
    'jail.exec(*)',
    'jail.exec(tail /var/log/*)',
    'jail.exec(* -t)',
    'jail.exec("a)',
    'jail.exec(a\u0000b)',
    'jail.*(x)',
    '*(x)',
    'jail.exec(a) b',
  ])('no policy may hold %j', (pattern) => {
    expect(policySchema.safeParse({ roles: { a: { permissions: [pattern], members: [] } } }).success).toBe(false)
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
