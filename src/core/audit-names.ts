import type { AuditFinding } from './audit.ts'
import type { Facts } from './host.ts'
import type { Jail } from './jail.ts'
import { jailName } from './names.ts'

/** Names by which some manager's own tool means another jail, or more than one. */
export function namesConfused({ jails: all }: Facts, jails: readonly Jail[]): AuditFinding[] {
  const folded = Map.groupBy(all, ({ name }) => fold(name))
  const tags = new Set(all.filter(({ manager }) => manager === 'bastille').flatMap((jail) => jail.tags))
  return jails.flatMap((jail) => {
    const { name, manager } = jail
    const rule = jailName.safeParse(name)
    const alike = (folded.get(fold(name)) ?? []).filter((other) => other !== jail)
    const longer = all.filter(
      (other) => meansByPrefix(manager) && other.manager === manager && other.name !== name && other.name.startsWith(name),
    )
    return [
      ...(rule.success ? [] : [finding(name, rule.error.issues[0]?.message ?? 'no manager takes this name')]),
      ...(alike.length === 0 ? [] : [finding(name, `to some managers it is the same name as ${alike.map(described).join(', ')}`)]),
      ...(tags.has(name) ? [finding(name, 'is also a tag, by which bastille means all jails that have it')] : []),
      ...(longer.length === 0
        ? []
        : [finding(name, `is also the beginning of ${someOf(longer)}, and ${manager} takes beginnings for names`)]),
    ]
  })
}

/** ezjail makes `_` of whatever is neither letter nor digit, iocage of dots. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')
}

function someOf(jails: readonly Jail[]): string {
  const names = jails.slice(0, 3).map(({ name }) => name)
  return jails.length > 3 ? `${names.join(', ')} and ${jails.length - 3} more` : names.join(', ')
}

function described({ name, manager }: Jail): string {
  return `${name} (${manager})`
}

function meansByPrefix(manager: Jail['manager']): boolean {
  return manager === 'bastille' || manager === 'iocage'
}

function finding(jail: string, what: string): AuditFinding {
  return { jail, state: 'note', what, remedy: `/jail rename ${jail}` }
}
