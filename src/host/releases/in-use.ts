import { JailopsError } from '../../core/errors.ts'
import type { Facts } from '../../core/host.ts'
import type { Release } from '../../core/jail.ts'
import { clonesOf, usersOf } from '../../core/release-users.ts'

/** @throws release_in_use, and says by whom */
export function mustBeUnused(facts: Pick<Facts, 'jails' | 'datasets' | 'trash'>, release: Release): void {
  const users = usersOf(release, facts).map(({ name }) => name)
  if (users.length > 0) {
    const [verb, it] = users.length === 1 ? ['runs', 'it'] : ['run', 'them']
    throw new JailopsError('release_in_use', `${listed(users)} ${verb} on ${release.name}. Upgrade or destroy ${it} first.`)
  }
  const clones = clonesOf(release, facts.datasets).map(({ name }) => name)
  const kept = clones.length > 0 ? clones : trashThatMayShare(facts, release)
  if (kept.length === 0) return
  throw new JailopsError(
    'release_in_use',
    `Without ${release.name} these could not come back: ${listed(kept)}. Restore them and look, or purge them: /jail purge.`,
  )
}

/** Of these managers' jails in the trash nothing says whether they share their base: they usually do, with the release they had. */
function trashThatMayShare({ trash }: Pick<Facts, 'trash'>, { manager, name }: Release): string[] {
  if (manager !== 'bastille' && manager !== 'ezjail') return []
  return trash.filter((entry) => entry.manager === manager && (entry.release ?? name) === name).map((entry) => entry.name)
}

function listed(names: readonly string[]): string {
  const most = 10
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}
