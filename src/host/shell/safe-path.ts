import { lstatSync, realpathSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JailopsError } from '../../core/errors.ts'
import { leadsNowhere, orMissing } from './system-error.ts'

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
  refuseLinkNow(path, rules)
  const parent = realParent(path)
  if (rules.confineTo !== undefined && !isInside(realpathOrSelf(rules.confineTo), parent)) {
    throw unsafePath('outside', path, rules)
  }
  if (!isInside(rules.jailRoots, path) && isInside(realpathOrSelf(rules.jailRoots), parent)) {
    throw unsafePath('door', path, rules)
  }
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

/*
 * A look at a name takes microseconds, and twenty times that by way of another thread. So before a change, where looks follow each other, they
 * are taken here. Below the jails, where a name may lie anywhere, checkReadable has asked in the other way before.
 */

function refuseLinkNow(path: string, rules: PathRules): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw unsafePath('link', path, rules)
}

/** The nearest existing folder above the path, with every symlink followed. */
function realParent(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const real = realpathNow(folder)
    if (real !== undefined || folder === '/') return real ?? '/'
  }
}

function realpathOrSelf(path: string): string {
  return realpathNow(path) ?? path
}

function realpathNow(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (leadsNowhere(error)) return undefined
    throw error
  }
}
