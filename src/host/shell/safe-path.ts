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
  checkForm(path)
  for (const root of [rules.jailRoots, rules.confineTo]) {
    if (root !== undefined && isInside(root, path)) await refuseLinksBelow(root, path)
  }
}

/** The same for what is changed: also not through a last symlink, not outside the confinement, not into the jails by a side door. */
export async function checkWritable(path: string, rules: PathRules): Promise<void> {
  await checkReadable(path, rules)
  await refuseLink(path)
  const parent = await realParent(path)
  if (rules.confineTo !== undefined && !isInside(await realpathOrSelf(rules.confineTo), parent)) {
    throw new JailopsError('unsafe_path', `${path} is outside ${rules.confineTo}; jailops changes nothing there.`)
  }
  if (!isInside(rules.jailRoots, path) && isInside(await realpathOrSelf(rules.jailRoots), parent)) {
    throw new JailopsError('unsafe_path', `${path} leads into ${rules.jailRoots} through a symbolic link; jailops does not follow it.`)
  }
}

export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

function checkForm(path: string): void {
  const isPlain = path.startsWith('/') && !path.includes('\0') && !path.split('/').some((part) => part === '..' || part === '.')
  if (!isPlain) throw new JailopsError('unsafe_path', `"${path}" is not a plain absolute path.`)
}

async function refuseLinksBelow(root: string, path: string): Promise<void> {
  let current = root
  await refuseLink(current)
  for (const part of path.slice(root.length).split('/')) {
    if (part === '') continue
    current = `${current === '/' ? '' : current}/${part}`
    await refuseLink(current)
  }
}

async function refuseLink(path: string): Promise<void> {
  const status = await orMissing(lstat(path))
  if (status?.isSymbolicLink()) {
    throw new JailopsError('unsafe_path', `${path} is a symbolic link; jailops does not follow it. Put a real file or folder there.`)
  }
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
