import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Source {
  /** From the project's folder: src/core/plan.ts. */
  file: string
  text: string
}

/** Every file with this ending below a folder; none where the folder does not exist (yet). */
export function sourcesIn(folder: string, ending = '.ts'): Source[] {
  return listing(join(root, folder))
    .filter((path) => path.endsWith(ending))
    .map((path) => ({ file: relative(root, path), text: readFileSync(path, 'utf8') }))
    .toSorted((a, b) => (a.file < b.file ? -1 : 1))
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
      .map((entry) => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}

/** What a file imports or re-exports, types included, as it is written. */
export function importsOf({ text }: Source): string[] {
  const statements = text.matchAll(/^\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]/gm)
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)
  return [...statements, ...calls].map((match) => match[1] ?? '')
}

export interface TypePart {
  text: string
  line: number
}

/**
 * The parts of a file that are types only, cut out by Node's own parser: it replaces them by blanks. So no string, comment or
 * expression is ever taken for a cast.
 */
export function typeParts({ text }: Source): TypePart[] {
  const plain = stripTypeScriptTypes(text)
  const isBlanked = (index: number) => text[index] !== plain[index]
  const parts: TypePart[] = []
  for (let index = 0; index < text.length; index++) {
    if (!isBlanked(index)) continue
    let end = index + 1
    for (let next = end; next < text.length && (isBlanked(next) || /\s/.test(text.charAt(next))); next++)
      if (isBlanked(next)) end = next + 1
    parts.push({ text: text.slice(index, end), line: text.slice(0, index).split('\n').length })
    index = end
  }
  return parts
}
