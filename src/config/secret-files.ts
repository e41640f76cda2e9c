import { constants } from 'node:fs'
import type { Places } from './problems.ts'
import { isSecret, namesAt, type SettingPath, showPath, typeAt } from './settings.ts'
import { isSection } from './values.ts'

/** A file's text and permission bits; undefined where there is no such file. */
export type ReadFile = (path: string) => { text: string; mode: number } | undefined

export interface Findings {
  problems: string[]
  warnings: string[]
}

/** `urlFile: /path` → `url: what the file holds`, for every setting that is text. */
export function readSecretFiles(value: unknown, readFile: ReadFile, places: Places, path: SettingPath = []): Findings & { value: unknown } {
  const findings: Findings = { problems: [], warnings: [] }
  const readBelow = (child: unknown, part: PropertyKey) => {
    const { value: filled, ...found } = readSecretFiles(child, readFile, places, [...path, part])
    findings.problems.push(...found.problems)
    findings.warnings.push(...found.warnings)
    return filled
  }
  if (Array.isArray(value)) return { value: value.map(readBelow), ...findings }
  if (!isSection(value)) return { value, ...findings }

  const filled: [string, unknown][] = []
  for (const [name, child] of Object.entries(value)) {
    const setting = settingOfFile([...path, name])
    if (setting === undefined) {
      filled.push([name, readBelow(child, name)])
      continue
    }
    const place = `${places.where([...path, name])}: ${showPath([...path, name])}`
    if (setting in value) findings.problems.push(`${place}: ${setting} is given too; one of the two must go`)
    else filled.push([setting, readSecretFile(child, readFile, place, findings)])
  }
  return { value: Object.fromEntries(filled), ...findings }
}

/** The setting that `urlFile` fills, if `url` is one and `urlFile` is none. */
function settingOfFile(path: SettingPath): string | undefined {
  const name = String(path.at(-1))
  const section = path.slice(0, -1)
  const setting = /^(.+)File$/.exec(name)?.[1]
  if (setting === undefined || !namesAt(section).includes(setting) || namesAt(section).includes(name)) return undefined
  return typeAt([...section, setting]) === 'string' ? setting : undefined
}

/** The trimmed content; where it cannot be had the problem is noted, and `undefined` stands for it. */
export function readSecretFile(file: unknown, readFile: ReadFile, place: string, findings: Findings): string | undefined {
  if (typeof file !== 'string' || !file.startsWith('/')) {
    findings.problems.push(`${place}: must be the absolute path of a file`)
    return undefined
  }
  try {
    const found = readFile(file)
    if (found === undefined) findings.problems.push(`${place}: there is no file ${file}`)
    else if (isOpenToAll(found.mode)) findings.warnings.push(`${place}: everybody on this machine can read ${file}; chmod o-r it`)
    return found?.text.trim()
  } catch (error) {
    findings.problems.push(`${place}: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/** Secrets that stand in the file itself, when that file is open to everybody. */
export function openSecrets(value: unknown, mode: number, places: Places, path: SettingPath = []): string[] {
  if (!isOpenToAll(mode)) return []
  if (isSection(value)) return Object.entries(value).flatMap(([name, child]) => openSecrets(child, mode, places, [...path, name]))
  // An address without a password gives nothing away.
  if (typeof value !== 'string' || !isSecret(path) || /^\w+:\/\/[^@]*$/.test(value) || value.startsWith('/')) return []
  const name = showPath(path)
  return [`${places.where(path)}: ${name}: everybody on this machine can read this secret; chmod o-r the file, or use ${name}File`]
}

function isOpenToAll(mode: number): boolean {
  return (mode & constants.S_IROTH) !== 0
}
