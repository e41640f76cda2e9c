import { lstat, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JailopsError } from '../../core/errors.ts'
import { orMissing } from './system-error.ts'

export interface PathRules {
  jailRoots: string
  confineTo?: string
}

/**
 * Below the jails' roots every name is somebody else's: a symlink planted there leads to the host's own files. So no component at or below
 * them may be one. (Node has no openat: root inside a *running* jail could still swap a folder between this look and the use. Planners
 * write into running jails through jexec only.)
 */
export async function checkReadable(path: string, rules: PathRules): Promise<void> {
  checkForm(path, rules)
  for (const root of [rules.jailRoots, rules.confineTo]) {
    if (root !== undefined && isInside(root, path)) await refuseLinksBelow(root, path, rules)
  }
}

/** The same for what is changed: also not through a last symlink, not outside the confinement, not into the jails by a side door. */
export async function checkWritable(path: string, rules: PathRules): Promise<void> {
  await checkReadable(path, rules)
  // looks only, none of which needs another
  const [parent, confines, roots] = await Promise.all([
    realParent(path),
    rules.confineTo === undefined ? undefined : realpathOrSelf(rules.confineTo),
    isInside(rules.jailRoots, path) ? undefined : realpathOrSelf(rules.jailRoots),
    refuseLink(path, rules),
  ])
  if (confines !== undefined && !isInside(confines, parent)) throw unsafePath('outside', path, rules)
  if (roots !== undefined && isInside(roots, parent)) throw unsafePath('door', path, rules)
}

export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

/** @throws unsafe_path unless it is absolute and has no `..` */
export function checkForm(path: string, rules: PathRules): void {
  const isPlain = path.startsWith('/') && !path.includes('\0') && !path.split('/').some((part) => part === '..' || part === '.')
  if (!isPlain) throw unsafePath('form', path, rules)
}

/** Every way in which a path is refused, in words. */
export function unsafePath(refusal: 'form' | 'link' | 'outside' | 'door', path: string, rules: PathRules): JailopsError {
  const sentences = {
    form: `"${path}" is not a plain absolute path.`,
    link: `${path} is a symbolic link; jailops does not follow it. Put a real file or folder there.`,
    outside: `${path} is outside ${rules.confineTo}; jailops changes nothing there.`,
    door: `${path} leads into ${rules.jailRoots} through a symbolic link; jailops does not follow it.`,
  }
  return new JailopsError('unsafe_path', sentences[refusal])
}

async function refuseLinksBelow(root: string, path: string, rules: PathRules): Promise<void> {
  let current = root
  await refuseLink(current, rules)
  for (const part of path.slice(root.length).split('/')) {
    if (part === '') continue
    current = `${current === '/' ? '' : current}/${part}`
    await refuseLink(current, rules)
  }
}

async function refuseLink(path: string, rules: PathRules): Promise<void> {
  const status = await orMissing(lstat(path))
  if (status?.isSymbolicLink()) throw unsafePath('link', path, rules)
}

/** The nearest existing folder above the path, with every symlink followed. */
async function realParent(path: string): Promise<string> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const real = await orMissing(realpath(folder))
    if (real !== undefined || folder === '/') return real ?? '/'
  }
}

async function realpathOrSelf(path: string): Promise<string> {
  return (await orMissing(realpath(path))) ?? path
}
