import { findDataset, parentName, poolName, ZfsError, type Pool } from './pool.ts'

/** A name for something new, as zfs(8) judges it. `doing` is how its sentence begins: cannot create 'zroot/a'. */
export function checkNewName(pool: Pool, name: string, doing: string): void {
  const wrong = mistakeIn(name)
  if (wrong !== undefined) throw new ZfsError(`${doing}: ${wrong}`)
  if (name.split('/')[0] !== poolName) throw new ZfsError(`${doing}: no such pool '${name.split('/')[0] ?? ''}'`)
  if (findDataset(pool, name) !== undefined) throw new ZfsError(`${doing}: dataset already exists`)
}

export function checkParent(pool: Pool, name: string): void {
  if (findDataset(pool, parentName(name)) === undefined) throw new ZfsError(`cannot create '${name}': parent does not exist`)
}

/** Every name above that is missing, the uppermost first. */
export function missingParents(pool: Pool, name: string): string[] {
  const parent = parentName(name)
  if (parent === '' || findDataset(pool, parent) !== undefined) return []
  return [...missingParents(pool, parent), parent]
}

export function mistakeInTag(tag: string): string | undefined {
  if (tag === '') return 'empty component in name'
  if (tag.includes('/') || tag.includes('@')) return "multiple '@' and/or '#' delimiters in name"
  return oddCharacter(tag)
}

function mistakeIn(name: string): string | undefined {
  if (name.startsWith('/')) return 'leading slash in name'
  if (name.endsWith('/')) return 'trailing slash in name'
  const parts = name.split('/')
  if (parts.includes('')) return 'empty component in name'
  if (parts.some((part) => part === '.' || part === '..')) return "self reference, '.' is found in name"
  if (name.includes('@')) return "snapshot delimiter '@' is not expected here"
  if (name.length > 255) return 'name is too long'
  return oddCharacter(name.replaceAll('/', ''))
}

function oddCharacter(text: string): string | undefined {
  const odd = /[^A-Za-z0-9_.:% -]|%/.exec(text)?.[0]
  return odd === undefined ? undefined : `invalid character '${odd}' in name`
}
