import type { JailMount } from '../../../core/jail.ts'
import { type FstabLine, mountBelow, readFstab } from '../fstab.ts'

/* bastille's small files. */

/** settings.conf, as sysrc(8) keeps it. */
export function readSettings(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^\s*([a-z_]+)="?([^"\n]*)"?\s*$/gm)].map(([, name = '', value = '']): [string, string] => [name, value]),
  )
}

export function linesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

export interface Fstab {
  /** The release that a thin jail shares, as its folder is called. */
  base?: string
  mounts: JailMount[]
}

/** Whatever is mounted below the root. */
export function seenInFstab(text: string, root: string): Fstab {
  const lines = readFstab(text)
  const base = lines.find((line) => isBase(root, line))
  const mounts = lines.filter((line) => !isBase(root, line)).flatMap((line) => mountBelow(root, line))
  return { ...(base !== undefined && { base: base.from.split('/').at(-1) ?? '' }), mounts }
}

function isBase(root: string, { on }: FstabLine): boolean {
  return on === `${root}/.bastille`
}

/** As bastille writes it, and as jail(8) mounts it. */
export function fstabLine(root: string, { from, on, readOnly }: JailMount): string {
  return `${from} ${root}${on} nullfs ${readOnly ? 'ro' : 'rw'} 0 0`
}
