import type { JailMount } from '../../../core/jail.ts'
import { type FstabLine, mountBelow } from '../fstab.ts'

/* Lines of ROOT/jails/NAME/fstab. iocage separates by tabs, and finds its own lines again only so. */

/** What a basejail shares with its release is its base, and no mount of the host's. */
export function mountOf({ root, iocageRoot }: { root: string; iocageRoot: string }, line: FstabLine): JailMount[] {
  const isBase = ['releases', 'templates'].some((kind) => line.from.startsWith(`${iocageRoot}/${kind}/`))
  return line.type !== 'nullfs' || isBase ? [] : mountBelow(root, line)
}

export function fstabLine(root: string, { from, on, readOnly }: JailMount): string {
  return [from, `${root}${on}`, 'nullfs', readOnly ? 'ro' : 'rw', '0', '0'].join('\t')
}
