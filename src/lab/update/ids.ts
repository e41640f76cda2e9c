import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { baseTree } from '../base.ts'
import { findIn, readIn, type Root } from '../root-files.ts'

/** Not in the index of a release: made by whoever installs it, or at boot. */
const left = new Set(['etc/rc.conf', 'var/run/os-release'])

/** `IDS`: what is otherwise than the release has it. A file that is missing is no difference to the real one either. */
export function differences(root: Root, release: string): string[] {
  return baseTree(release).files.flatMap(({ name, text, mode }) => {
    const path = `/${name}`
    const here = left.has(name) ? undefined : readIn(root, path)
    const found = findIn(root, path)
    if (here === undefined || found.kind !== 'found') return []
    const permissions = statSync(found.path).mode & 0o7777
    const octal = [permissions, mode].map((each) => `0${each.toString(8)}`)
    return [
      ...(permissions === mode ? [] : [`${path} has ${octal[0]} permissions, but should have ${octal[1]} permissions.\n`]),
      ...(here === text ? [] : [`${path} has SHA256 hash ${digest(here)}, but should have SHA256 hash ${digest(text)}.\n`]),
    ]
  })
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
