import type { z } from 'zod'
import { didYouMean } from '../core/suggest.ts'
import { namesAt, type SettingPath, showPath } from './settings.ts'

/** Finds what a problem is about: in the file, or in the variable that set it. */
export interface Places {
  where(path: SettingPath): string
  whereNamed(path: SettingPath): string
}

/** Every problem as one line: where, which setting, and what would be right. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], places: Places): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownName([...issue.path, name], places))
    const isAboutName = issue.code === 'invalid_key'
    const message = isAboutName ? (issue.issues[0]?.message ?? issue.message) : issue.message
    const place = isAboutName ? places.whereNamed(issue.path) : places.where(issue.path)
    return [`${place}: ${showPath(issue.path) || 'the file'}: ${message}`]
  })
}

function unknownName(path: SettingPath, places: Places): string {
  const section = path.slice(0, -1)
  const known = namesAt(section)
  const hint = didYouMean(String(path.at(-1)), known) || (known.length > 0 ? ` There is: ${known.join(', ')}.` : '')
  const inside = section.length === 0 ? '' : ` in ${showPath(section)}`
  return `${places.whereNamed(path)}: ${showPath(path)}: there is no such setting${inside}.${hint}`
}

const formats: Record<string, string> = {
  ipv4: 'must be an IPv4 address such as 127.0.0.1',
  cidrv4: 'must be an IPv4 network such as 10.0.0.0/24',
}
const kinds: Record<string, string> = {
  object: 'must be a section with settings below it',
  record: 'must be a section with names below it',
  array: 'must be a list',
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false (YAML knows no yes, no, on or off)',
}

/** What would be right, for those rules that do not say it themselves. */
export function sayWhatIsRight(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const rule = kinds[issue.expected] ?? `must be ${issue.expected}`
      if (issue.input === undefined) return `is missing: it ${rule}`
      // 1.10 and 0123 are numbers to YAML, and lose their zeros.
      if (issue.expected === 'string' && typeof issue.input !== 'object') return `${rule}: put it in quotes`
      return issue.input === null ? `is empty: it ${rule}, or the line must go` : rule
    }
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`
    case 'invalid_union':
      return Array.isArray(issue.options) ? `must be ${issue.options.join(' or ')}` : undefined
    case 'invalid_format':
      return formats[issue.format]
    case 'too_small':
      return `must ${amount('at least', issue.minimum, issue.origin, issue.inclusive !== false)}`
    case 'too_big':
      return `must ${amount('at most', issue.maximum, issue.origin, issue.inclusive !== false)}`
    default:
      return undefined
  }
}

function amount(bound: string, limit: number | bigint, origin: string, inclusive: boolean): string {
  if (origin === 'string') return `have ${bound} ${limit} characters`
  if (origin === 'array') return `have ${bound} ${limit} ${limit === 1 ? 'item' : 'items'}`
  if (inclusive) return `be ${bound} ${limit}`
  return `be ${bound === 'at least' ? 'more than' : 'less than'} ${limit}`
}
