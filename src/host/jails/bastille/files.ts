import type { JailMount } from '../../../core/jail.ts'

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
export function readFstab(text: string, root: string): Fstab {
  const fstab: Fstab = { mounts: [] }
  for (const line of linesIn(text)) {
    const [from = '', on = '', , options = ''] = line.split(/\s+/)
    if (on === `${root}/.bastille`) fstab.base = from.split('/').at(-1) ?? ''
    else if (on.startsWith(`${root}/`)) {
      fstab.mounts.push({ from, on: on.slice(root.length), readOnly: options.split(',').includes('ro') })
    }
  }
  return fstab
}

/** As bastille writes it, and as jail(8) mounts it. */
export function fstabLine(root: string, { from, on, readOnly }: JailMount): string {
  return `${from} ${root}${on} nullfs ${readOnly ? 'ro' : 'rw'} 0 0`
}
