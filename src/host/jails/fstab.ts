import type { JailMount } from '../../core/jail.ts'

/** A line of an fstab(5): every manager but jail.conf keeps one a jail. */
export interface FstabLine {
  text: string
  from: string
  /** On the host. */
  on: string
  type: string
  options: string
}

/** What is said in it; comments and halves of lines say nothing. */
export function readFstab(text: string): FstabLine[] {
  return text.split('\n').flatMap((line) => {
    const [from, on, type, options = 'rw'] = line
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '')
    return from === undefined || on === undefined || type === undefined ? [] : [{ text: line, from, on, type, options }]
  })
}

/** What a jail of that root has of the host by this line; none where it is mounted elsewhere. */
export function mountBelow(root: string, { from, on, options }: FstabLine): JailMount[] {
  return on.startsWith(`${root}/`) ? [{ from, on: on.slice(root.length), readOnly: options.split(',').includes('ro') }] : []
}
