import { z } from 'zod'
import type { Command } from './command.ts'
import type { ReasonCode } from './errors.ts'
import { coversWords, narrowingOf, problemOfNarrowing } from './narrowing.ts'

/** Who speaks, by the platform's own immutable ids. */
export const actorSchema = z.strictObject({
  platform: z.string().regex(/^[a-z]+$/),
  id: z.string().min(1).max(200),
  /** For showing only; never decides anything. */
  name: z.string().max(200),
  groups: z.array(z.string()),
  /** `unproved`: the platform is still to be asked; until then it is nobody. */
  kind: z.enum(['person', 'guest', 'bot', 'stranger', 'unproved']),
})
export type Actor = z.infer<typeof actorSchema>

const member = z.string().regex(/^[a-z]+:(user|group):\S+$/, 'must be PLATFORM:user:ID or PLATFORM:group:ID, such as slack:group:S012AB')
export const permissionPattern = z
  .string()
  .regex(/^(\*|[a-z]+(\.[a-z]+)*(\.\*|\([^\n]*\))?)$/, {
    error: 'must be a permission such as jail.create, jail.*, * or, for some, jail.exec(nginx -t)',
    abort: true,
  })
  .superRefine((pattern, context) => {
    const message = problemOfNarrowing(pattern)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

export const policySchema = z.strictObject({
  /** Linked accounts of one person: they count once when approvals are counted. */
  people: z.record(z.string(), z.array(member)).default({}),
  roles: z.record(z.string(), z.strictObject({ permissions: z.array(permissionPattern), members: z.array(member) })).default({}),
  /** Which permissions need approvals, how many, and within what time. The first rule that fits counts. */
  approvals: z
    .array(
      z.strictObject({
        permissions: z.array(permissionPattern).min(1),
        count: z.int().min(0).max(20),
        expiresMinutes: z.number().positive().max(10_080).default(60),
      }),
    )
    .default([]),
})
export type Policy = z.infer<typeof policySchema>

export type Decision =
  | { kind: 'no'; code: ReasonCode; sentence: string }
  | { kind: 'yes' }
  | { kind: 'approvals'; count: number; expiresMinutes: number }

/** The permission that lets a person vote on what others ask for. */
export const approvePermission = 'request.approve'

export function personOf(policy: Policy, actor: Actor): string {
  const account = `${actor.platform}:user:${actor.id}`
  const linked = Object.entries(policy.people).find(([, accounts]) => accounts.includes(account))
  return linked?.[0] ?? account
}

export function rolesOf(policy: Policy, actor: Actor): string[] {
  if (actor.kind !== 'person') return []
  const accounts = policy.people[personOf(policy, actor)] ?? []
  const tokens = new Set([
    `${actor.platform}:user:${actor.id}`,
    ...accounts,
    ...actor.groups.map((group) => `${actor.platform}:group:${group}`),
  ])
  return Object.entries(policy.roles)
    .filter(([, role]) => role.members.some((token) => tokens.has(token)))
    .map(([name]) => name)
}

export function permissionsOf(policy: Policy, actor: Actor): string[] {
  return [...new Set(rolesOf(policy, actor).flatMap((role) => policy.roles[role]?.permissions ?? []))]
}

/** `words`: what stands behind the permission this time, where its command has such words. */
export function covers(pattern: string, permission: string, words?: readonly string[]): boolean {
  const narrowing = narrowingOf(pattern)
  if (narrowing !== undefined) return narrowing.permission === permission && words !== undefined && coversWords(narrowing, words)
  return pattern === '*' || pattern === permission || (pattern.endsWith('.*') && permission.startsWith(pattern.slice(0, -1)))
}

type Asked = Pick<Command, 'permission' | 'narrowedBy'>

/** Whether there are arguments with which the pattern covers the command. */
export function mayCover(pattern: string, { permission, narrowedBy }: Asked): boolean {
  return covers(pattern, permission) || (narrowedBy !== undefined && narrowingOf(pattern)?.permission === permission)
}

/** Whether the pattern covers the command with just these arguments. */
export function coversCall(pattern: string, { permission, narrowedBy }: Asked, args: Record<string, unknown>): boolean {
  return covers(pattern, permission, narrowedBy?.(args))
}

/** The words that some of these permissions have behind this one; none where another one covers it whole. */
export function narrowingsOf(permissions: readonly string[], permission: string): string[] {
  if (permissions.some((pattern) => covers(pattern, permission))) return []
  return permissions
    .filter((pattern) => narrowingOf(pattern)?.permission === permission)
    .map((pattern) => pattern.slice(permission.length + 1, -1))
}

/**
 * May this person do this, and on whose word? The default is no. Only changes need approvals, whatever a rule covers. Without
 * arguments: whether there are any with which they may.
 */
export function decide(policy: Policy, actor: Actor, command: Asked & Pick<Command, 'risk'>, args?: Record<string, unknown>): Decision {
  const { permission, risk } = command
  const fits = (pattern: string) => (args === undefined ? mayCover(pattern, command) : coversCall(pattern, command, args))
  const has = permissionsOf(policy, actor)
  if (actor.kind === 'unproved') {
    return {
      kind: 'no',
      code: 'identity_unproved',
      sentence: 'The chat platform has not said who you are, so nothing was done. Try again.',
    }
  }
  if (actor.kind !== 'person') {
    return {
      kind: 'no',
      code: 'not_a_member',
      sentence: 'Only members of this team may use jailops; guests, bots and people of other workspaces may not.',
    }
  }
  if (Object.keys(policy.roles).length === 0) {
    return { kind: 'no', code: 'no_policy', sentence: 'Nobody has any rights yet: jailops.yaml has no roles under policy.' }
  }
  if (!has.some(fits)) {
    const words = narrowingsOf(has, permission)
    if (words.length > 0) {
      return {
        kind: 'no',
        code: 'permission_denied',
        sentence: `Your role (${rolesOf(policy, actor).join(', ')}) includes ${permission} only with these words: ${words.join('; ')}. Ask whoever keeps jailops.yaml.`,
      }
    }
    const roles = rolesOf(policy, actor)
    const as = roles.length === 0 ? 'You have no role here' : `Your role (${roles.join(', ')}) does not include it`
    return {
      kind: 'no',
      code: 'permission_denied',
      sentence: `${as}: this needs the permission ${permission}. Ask whoever keeps jailops.yaml.`,
    }
  }
  if (risk !== 'change') return { kind: 'yes' }
  const rule = policy.approvals.find(({ permissions }) => permissions.some(fits))
  if (rule === undefined || rule.count === 0) return { kind: 'yes' }
  return { kind: 'approvals', count: rule.count, expiresMinutes: rule.expiresMinutes }
}
