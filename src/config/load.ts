import { readFileSync, statSync } from 'node:fs'
import { JailopsError } from '../core/errors.ts'
import { type ConfigDocument, readDocument } from './document.ts'
import { applyEnvironment, type Environment } from './environment.ts'
import { hostProblems, hostWarnings } from './host-problems.ts'
import { policyProblems, policyWarnings, type Remark } from './policy-problems.ts'
import { describeIssues, type Places, sayWhatIsRight } from './problems.ts'
import { type Config, configSchema } from './schema.ts'
import { openSecrets, type ReadFile, readSecretFiles } from './secret-files.ts'
import { type SettingPath, showPath } from './settings.ts'

export interface ConfigSource {
  /** Absent: only the environment and the defaults count. */
  file?: string
  environment: Environment
  readFile: ReadFile
}

/** @throws config_error, with every problem on a line of its own */
export function loadConfig(source: ConfigSource): { config: Config; warnings: string[] } {
  const { config, problems, warnings } = readConfig(source)
  if (config === undefined) throw new JailopsError('config_error', problems.join('\n'))
  return { config, warnings }
}

/** For `jailops config check`: never throws. */
export function checkConfig(source: ConfigSource): { problems: string[]; warnings: string[] } {
  const { problems, warnings } = readConfig(source)
  return { problems, warnings }
}

/** The ReadFile of real life. */
export function readFileFromDisk(path: string): { text: string; mode: number } | undefined {
  const status = statSync(path, { throwIfNoEntry: false })
  return status === undefined ? undefined : { text: readFileSync(path, 'utf8'), mode: status.mode }
}

function readConfig({ file, environment, readFile }: ConfigSource): { config?: Config; problems: string[]; warnings: string[] } {
  const document = openDocument(file, readFile)
  if (document.problems.length > 0) return { problems: document.problems, warnings: [] }

  const fromFile = readSecretFiles(document.value ?? {}, readFile, document)
  const withEnvironment = applyEnvironment(fromFile.value, environment, readFile)
  const places = placesOf(document, withEnvironment.origins)
  const warnings = [...fromFile.warnings, ...withEnvironment.warnings, ...openSecrets(document.value, document.mode, document)]
  const problems = [...fromFile.problems, ...withEnvironment.problems]
  const say = ({ path, message, isName }: Remark) =>
    `${isName === true ? places.whereNamed(path) : places.where(path)}: ${showPath(path)}: ${message}`

  const parsed = configSchema.safeParse(withEnvironment.value, { error: sayWhatIsRight })
  if (!parsed.success) return { problems: inFileOrder([...problems, ...describeIssues(parsed.error.issues, places)]), warnings }
  problems.push(...policyProblems(parsed.data).map(say), ...hostProblems(parsed.data).map(say))
  warnings.push(...policyWarnings(parsed.data).map(say), ...hostWarnings(parsed.data).map(say))
  return problems.length > 0 ? { problems, warnings } : { config: parsed.data, problems, warnings }
}

function openDocument(file: string | undefined, readFile: ReadFile): ConfigDocument & { mode: number } {
  if (file === undefined) return { ...readDocument('', ''), where: () => '(no file)', mode: 0 }
  try {
    const found = readFile(file)
    if (found !== undefined) return { ...readDocument(file, found.text), mode: found.mode }
    return { ...readDocument(file, ''), problems: [`${file}: there is no such file`], mode: 0 }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ...readDocument(file, ''), problems: [`${file}: cannot be read: ${reason}`], mode: 0 }
  }
}

/** Variables first, then line by line as a person goes through the file. */
function inFileOrder(problems: readonly string[]): string[] {
  const placed = problems.map((text) => {
    const [, line = 0, column = 0] = /^[^ ]*:([0-9]+):([0-9]+): /.exec(text) ?? []
    return { text, line: Number(line), column: Number(column) }
  })
  return placed.toSorted((a, b) => a.line - b.line || a.column - b.column).map(({ text }) => text)
}

/** A setting that a variable set is looked for there, not in the file. */
function placesOf(document: ConfigDocument, origins: ReadonlyMap<string, string>): Places {
  return {
    where: (path) => origins.get(showPath(path)) ?? document.where(fileNameFor(document, path)),
    whereNamed: (path) => document.whereNamed(path),
  }
}

/** What came from a file named by `urlFile` stands in the document under that name. */
function fileNameFor(document: ConfigDocument, path: SettingPath): SettingPath {
  const last = path.at(-1)
  if (typeof last !== 'string') return path
  const named = [...path.slice(0, -1), `${last}File`]
  return document.has(named) && !document.has(path) ? named : path
}
