import { narrowingOf } from '../core/narrowing.ts'
import { approvePermission, covers, type Policy } from '../core/policy.ts'
import type { Config } from './schema.ts'
import type { SettingPath } from './settings.ts'

export interface Remark {
  path: SettingPath
  message: string
  /** About the setting's name, not about what it is set to. */
  isName?: boolean
}

/** What is well-formed but would give somebody other rights than its writer meant. */
export function policyProblems({ policy }: Config): Remark[] {
  const owners = new Map<string, string>()
  const problems: Remark[] = []
  for (const [person, accounts] of Object.entries(policy.people)) {
    if (person.includes(':')) {
      problems.push({
        path: ['policy', 'people', person],
        message: 'must be a name without a colon, or it could be taken for an account',
        isName: true,
      })
    }
    for (const [index, account] of accounts.entries()) {
      const path = ['policy', 'people', person, index]
      const owner = owners.get(account)
      // Else one person could approve what they asked for themselves, under their second name.
      if (owner !== undefined) problems.push({ path, message: `is already an account of ${owner}; one account is one person` })
      if (!account.includes(':user:')) problems.push({ path, message: 'must be an account, PLATFORM:user:ID; groups belong into a role' })
      owners.set(account, person)
    }
  }
  return problems
}

/** What is allowed but hardly meant. */
export function policyWarnings({ policy, bot, host }: Config): Remark[] {
  const warnings: Remark[] = []
  if (Object.keys(bot.web?.people ?? {}).length > 0) {
    warnings.push({ path: ['bot', 'web'], message: 'is for trying out: everybody on this machine may act as any of these people' })
  }
  const roles = Object.values(policy.roles)
  // A machine with only a worker needs no policy.
  const isOnlyWorker = host !== undefined && policy.approvals.length === 0 && Object.keys(policy.people).length === 0
  if (roles.length === 0 && !isOnlyWorker) warnings.push({ path: ['policy'], message: 'has no roles, so nobody has any rights' })
  const needsVotes = policy.approvals.some(({ count }) => count > 0)
  if (needsVotes && roles.length > 0 && !roles.some(hasApprovers)) {
    warnings.push({ path: ['policy', 'approvals'], message: `asks for approvals, but no role with members has ${approvePermission}` })
  }
  for (const [index, { permissions }] of policy.approvals.entries()) {
    const earlier = policy.approvals.slice(0, index).flatMap((rule) => rule.permissions)
    for (const [place, permission] of permissions.entries()) {
      const hiding = earlier.find((pattern) => includes(pattern, permission))
      if (hiding === undefined) continue
      warnings.push({
        path: ['policy', 'approvals', index, 'permissions', place],
        message: `never counts: ${hiding} in an earlier rule fits first`,
      })
    }
  }
  return warnings
}

function hasApprovers({ permissions, members }: Policy['roles'][string]): boolean {
  return members.length > 0 && permissions.some((pattern) => covers(pattern, approvePermission))
}

/** Whether all that the other pattern covers is covered by this one. */
function includes(pattern: string, other: string): boolean {
  const { permission, words, isOpen } = narrowingOf(other) ?? { permission: other, words: undefined, isOpen: false }
  // no real word is *, so only a pattern that is open itself covers an open one
  return covers(pattern, permission, words === undefined || !isOpen ? words : [...words, '*'])
}
