/* rc.conf's jail_list as text: undefined is unset, blanks are "nobody". Order is the order in which jails start. */

/** The list with the name in it at the end, or without it. */
export function withBootWord(value: string | undefined, name: string, on: boolean, whenEmpty: 'unset' | 'nobody'): string | undefined {
  const words = wordsOf(value)
  if (words.includes(name) === on) return value
  const changed = on ? [...words, name] : words.filter((word) => word !== name)
  if (changed.length > 0) return changed.join(' ')
  return whenEmpty === 'nobody' ? ' ' : undefined
}

/** The list with our change taken back and everybody else's kept; a name taken out returns behind the one it stood behind. */
export function withoutBootChange(now: string | undefined, before: string | undefined, name: string): string | undefined {
  const old = wordsOf(before)
  const words = wordsOf(now)
  if (old.includes(name) === words.includes(name)) return now
  const rest = words.filter((word) => word !== name)
  if (!old.includes(name)) return rest.length > 0 ? rest.join(' ') : old.length === 0 ? before : ' '
  const earlier = new Set(old.slice(0, old.indexOf(name)))
  const at = rest.findLastIndex((word) => earlier.has(word)) + 1
  return rest.toSpliced(at, 0, name).join(' ')
}

export function wordsOf(value: string | undefined): string[] {
  return (value ?? '').split(/\s+/).filter((word) => word !== '')
}
