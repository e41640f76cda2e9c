import { JailopsError } from '../../../core/errors.ts'
import type { JailMount } from '../../../core/jail.ts'
import { type FstabLine, mountBelow } from '../fstab.ts'

/* Lines of /etc/fstab.NAME: the shared base first, then what else shows in the jail. */

export function mountOf(root: string, line: FstabLine): JailMount[] {
  return line.type !== 'nullfs' || isBase(root, line) ? [] : mountBelow(root, line)
}

export function isBase(root: string, { on }: Pick<FstabLine, 'on'>): boolean {
  return on === `${root}/basejail`
}

/** @throws bad_argument for what fstab(5) would read as more than a path */
export function fstabLine(root: string, { from, on, readOnly }: JailMount): string {
  for (const path of [from, on]) {
    if (!/^\/[A-Za-z0-9._@+/-]*$/.test(path)) {
      throw new JailopsError('bad_argument', `${JSON.stringify(path)} cannot be written safely into an fstab.`)
    }
  }
  return `${from} ${root}${on} nullfs ${readOnly ? 'ro' : 'rw'} 0 0`
}

/** The same lines for a root that was moved. */
export function movedFstab(text: string, from: string, to: string): string {
  return text
    .split('\n')
    .map((line) =>
      line.replace(/^(\s*[^\s#]\S*\s+)(\S+)/, (whole, head: string, on: string) =>
        on.startsWith(`${from}/`) ? `${head}${to}${on.slice(from.length)}` : whole,
      ),
    )
    .join('\n')
}
