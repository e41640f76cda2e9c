import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Host } from './host.ts'
import { resolveInJail } from './inside/inside.ts'
import type { Inside } from './paths.ts'
import { refuse } from './refuse.ts'

/** A tree whose `/` is a folder: the host's, a jail's, or one that is no jail yet. No link in it leads out. */
export interface Root {
  host: Host
  folder: string
}

export function findIn(root: Root, path: string, options: { followLast?: boolean } = {}): Inside {
  return resolveInJail({ host: root.host, root: root.folder }, path, options)
}

/** undefined: there is no such file. */
export function readIn(root: Root, path: string): string | undefined {
  const found = findIn(root, path)
  return found.kind === 'found' && statSync(found.path).isFile() ? readFileSync(found.path, 'utf8') : undefined
}

/** Makes the folders above it, too. */
export function writeIn(root: Root, path: string, text: string, mode = 0o644): void {
  makeFolderIn(root, path.slice(0, path.lastIndexOf('/')))
  const found = findIn(root, path)
  if (found.kind === 'error') refuse('lab', `${path}: a link in the tree leads nowhere`)
  else if (found.readOnly) refuse('lab', `${path}: writing to a read-only file system is not imitated here`)
  else writeFileSync(found.path, text, { mode })
}

export function makeFolderIn(root: Root, path: string): void {
  const parts = path.split('/').filter((part) => part !== '')
  for (const [index] of parts.entries()) {
    const found = findIn(root, `/${parts.slice(0, index + 1).join('/')}`)
    if (found.kind === 'missing') mkdirSync(found.path)
    if (found.kind === 'error') refuse('lab', `${path}: a link in the tree leads nowhere`)
  }
}

export function removeIn(root: Root, path: string): void {
  const found = findIn(root, path, { followLast: false })
  if (found.kind === 'found' && !found.readOnly) rmSync(found.path, { force: true })
}

export function removeEmptyFolderIn(root: Root, path: string): void {
  const found = findIn(root, path, { followLast: false })
  if (found.kind !== 'found' || found.readOnly || !statSync(found.path).isDirectory()) return
  if (readdirSync(found.path).length === 0) rmdirSync(found.path)
}
