import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { globToPattern, toReal, type Paths } from '../paths.ts'
import { configuredJails, type JailConfig } from './jails.ts'
import { ConfError } from './lexer.ts'
import { parseJailConf } from './parse.ts'

/** The jails of a configuration file, or of text that came on standard input. Throws ConfError in jail(8)'s words. */
export function readJailConf(paths: Paths, file: string, cwd: string, input?: string): JailConfig[] {
  const text = input ?? readText(paths, file, cwd)
  return configuredJails(parseJailConf(text, input === undefined ? file : 'stdin', (path) => included(paths, path, cwd)))
}

function included(paths: Paths, path: string, cwd: string): { file: string; text: string }[] {
  if (!/[*?]/.test(path)) return [{ file: path, text: readText(paths, path, cwd) }]
  const pattern = globToPattern(path)
  const folder = dirname(path)
  const names = listFolder(toReal(paths, folder, cwd)).filter((name) => pattern.test(name) && !name.startsWith('.'))
  return names.toSorted().map((name) => ({ file: join(folder, name), text: readText(paths, join(folder, name), cwd) }))
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readText(paths: Paths, file: string, cwd: string): string {
  try {
    return readFileSync(toReal(paths, file, cwd), 'utf8')
  } catch (error) {
    const isFolder = error instanceof Error && 'code' in error && error.code === 'EISDIR'
    throw new ConfError(`${file}: ${isFolder ? 'Is a directory' : 'No such file or directory'}`)
  }
}
