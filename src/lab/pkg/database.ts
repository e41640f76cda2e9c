import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readIn, removeEmptyFolderIn, removeIn, writeIn, type Root } from '../root-files.ts'
import type { Package } from './catalogue.ts'

const installedSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  origin: z.string(),
  comment: z.string(),
  repository: z.string(),
  /** Installed because another needs it. */
  automatic: z.boolean(),
  locked: z.boolean(),
  dependencies: z.array(z.string()),
  /** Path → the checksum of what was laid down, for the files that are the user's own. */
  files: z.record(z.string(), z.string()),
})

export type Installed = z.infer<typeof installedSchema>

const databaseSchema = z.strictObject({ packages: z.array(installedSchema) })

/** The real one is local.sqlite. */
const file = '/var/db/pkg/local.json'

/** undefined: nothing was ever installed in this root, not even a database. */
export function loadDatabase(root: Root): Installed[] | undefined {
  const text = readIn(root, file)
  return text === undefined ? undefined : databaseSchema.parse(JSON.parse(text)).packages
}

export function saveDatabase(root: Root, packages: Installed[]): void {
  const sorted = packages.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  writeIn(root, file, `${JSON.stringify({ packages: sorted }, null, 1)}\n`, 0o644)
}

/** Lays a package down; a changed file of the user's stays. Returns its entry for the database. */
export function layDown(root: Root, found: Package, version: string, automatic: boolean): Installed {
  const files: Record<string, string> = {}
  for (const [path, { text, mode, keep }] of found.files) {
    if (!keep || readIn(root, path) === undefined) writeIn(root, path, text, mode)
    files[path] = keep ? checksum(text) : ''
  }
  const { name, origin, comment, dependencies } = found
  return { name, version, origin, comment, repository: 'FreeBSD-ports', automatic, locked: false, dependencies, files }
}

/** A configuration that somebody changed stays. */
export function takeAway(root: Root, { files }: Installed): void {
  for (const [path, sum] of Object.entries(files)) {
    const text = sum === '' ? '' : readIn(root, path)
    if (sum === '' || (text !== undefined && checksum(text) === sum)) removeIn(root, path)
    // a folder of its own goes with what was in it
    if (path.startsWith('/usr/local/share/licenses/')) removeEmptyFolderIn(root, path.slice(0, path.lastIndexOf('/')))
  }
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
