import { nearest } from '../core/suggest.ts'
import { type Findings, type ReadFile, readSecretFile } from './secret-files.ts'
import { namedPaths, showPath, typeAt } from './settings.ts'
import { setAt } from './values.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** JAILOPS_ variables that are no settings: of the launcher, the tests and the command line. */
const notSettings = new Set([
  'JAILOPS_CONFIG',
  'JAILOPS_END_WITH_PARENT',
  'JAILOPS_LONG_BUDGET',
  'JAILOPS_PARENT_PIPE',
  'JAILOPS_REPORT_FOLDER',
  'JAILOPS_TEST_LONG',
])
const scalars = new Set(['string', 'integer', 'number', 'boolean'])

/** `bot.web.port` → `JAILOPS_BOT_WEB_PORT`. */
function variableOf(path: readonly string[]): string {
  return ['JAILOPS', ...path.map((name) => name.replaceAll(/([A-Z])/g, '_$1'))].join('_').toUpperCase()
}

/** Puts what JAILOPS_ variables say over what the file says. `origins` tells which variable set a path. */
export function applyEnvironment(
  value: unknown,
  environment: Environment,
  readFile: ReadFile,
): Findings & { value: unknown; origins: ReadonlyMap<string, string> } {
  const paths = new Map(namedPaths().map((path) => [variableOf(path), path]))
  const findings: Findings = { problems: [], warnings: [] }
  const origins = new Map<string, string>()
  let result = value
  const variables = Object.keys(environment).filter((name) => name.startsWith('JAILOPS_') && environment[name] !== undefined)
  for (const variable of variables.toSorted()) {
    const given = environment[variable] ?? ''
    const isFile = !paths.has(variable) && variable.endsWith('_FILE')
    const path = paths.get(isFile ? variable.slice(0, -'_FILE'.length) : variable)
    const type = path === undefined ? undefined : typeAt(path)
    if (path === undefined || type === undefined || !scalars.has(type) || (isFile && type !== 'string')) {
      const problem = problemOf(variable, path, [...paths.entries()])
      if (problem !== undefined) findings.problems.push(`${variable}: ${problem}`)
      continue
    }
    const text = isFile ? readSecretFile(given, readFile, variable, findings) : given
    if (origins.has(showPath(path)))
      findings.problems.push(`${variable}: ${origins.get(showPath(path))} is set too; one of the two must go`)
    origins.set(showPath(path), variable)
    result = setAt(result, path, coerce(type, text))
  }
  return { value: result, origins, ...findings }
}

function problemOf(
  variable: string,
  path: readonly string[] | undefined,
  known: readonly [string, readonly string[]][],
): string | undefined {
  if (notSettings.has(variable) || variable.startsWith('JAILOPS_INTERNAL_')) return undefined
  if (path !== undefined && variable !== variableOf(path)) return `${showPath(path)} is no text; set ${variableOf(path)} itself`
  if (path !== undefined) return `${showPath(path)} is no single value that a variable can hold; write it in the file`
  const settable = known.filter(([, candidate]) => scalars.has(typeAt(candidate) ?? '')).map(([name]) => name)
  const near = nearest(variable, settable) ?? closestByBeginning(variable, settable)
  const isInSection = known.some(([name, candidate]) => candidate.length === 1 && (variable === name || variable.startsWith(`${name}_`)))
  // Anything else that begins with JAILOPS_ may belong to somebody else, unless it looks like a slip of the pen.
  if (!isInSection && nearest(variable, settable) === undefined) return undefined
  return `there is no such setting.${near === undefined ? '' : ` The nearest is ${near}.`}`
}

/** For a variable that is no mere slip: the setting that shares its longest beginning. */
function closestByBeginning(variable: string, known: readonly string[]): string | undefined {
  const shared = (name: string) => {
    let length = 0
    while (length < name.length && name[length] === variable[length]) length++
    return length
  }
  return known.toSorted((a, b) => shared(b) - shared(a))[0]
}

/** What cannot be read as asked stays text: the schema then says what would be right. */
function coerce(type: string, text: string | undefined): unknown {
  if (text === undefined) return undefined
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (type === 'string' || !/^-?[0-9]+(\.[0-9]+)?$/.test(text)) return text
  return Number(text)
}
