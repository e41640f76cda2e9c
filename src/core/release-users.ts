import type { Dataset, Jail, Release } from './jail.ts'

/** Jails that would be broken without it: they share its files, or are clones of its dataset. A copy needs it no more. */
export function usersOf(release: Release, { jails, datasets }: { jails: readonly Jail[]; datasets: readonly Dataset[] }): Jail[] {
  const clones = clonesOf(release, datasets)
  const isClone = (jail: Jail) => clones.some(({ mountpoint }) => `${jail.root}/`.startsWith(`${mountpoint}/`))
  return jails.filter((jail) => shares(jail, release) || isClone(jail))
}

/** Wherever they are by now, in the trash too. */
export function clonesOf({ path }: Pick<Release, 'path'>, datasets: readonly Dataset[]): Dataset[] {
  const own = datasets.find((one) => one.mountpoint === path && one.isMounted)?.name
  if (own === undefined) return []
  return datasets.filter(({ origin = '' }) => origin.startsWith(`${own}@`) || origin.startsWith(`${own}/`))
}

function shares(jail: Jail, release: Release): boolean {
  // a thin jail that left its manager still mounts that one's base
  if (jail.mounts.some(({ from }) => `${from}/`.startsWith(`${release.path}/`))) return true
  if (jail.manager !== release.manager) return false
  // iocage notes the patch level too
  return release.manager === 'ezjail' || (jail.release?.replace(/-p[0-9]+$/, '') === release.name && jail.type !== 'thick')
}
