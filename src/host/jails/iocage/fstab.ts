import type { JailMount } from '../../../core/jail.ts'
import type { FstabLine } from '../fstab.ts'

/* Lines of ROOT/jails/NAME/fstab. iocage separates by tabs, and finds its own lines again only so. */

/** What a basejail shares with its release is its base, and no mount of the host's. */
export function mountOf({ root, iocageRoot }: { root: string; iocageRoot: string }, { from, on, type, options }: FstabLine): JailMount[] {
  const isBase = ['releases', 'templates'].some((kind) => from.startsWith(`${iocageRoot}/${kind}/`))
  if (type !== 'nullfs' || !on.startsWith(`${root}/`) || isBase) return []
  return [{ from, on: on.slice(root.length), readOnly: options.split(',').includes('ro') }]
}

export function fstabLine(root: string, { from, on, readOnly }: JailMount): string {
  return [from, `${root}${on}`, 'nullfs', readOnly ? 'ro' : 'rw', '0', '0'].join('\t')
}
