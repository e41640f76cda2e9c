import { JailopsError } from '../../../core/errors.ts'
import type { Layout } from '../../../core/layout.ts'
import { jailName } from '../../../core/names.ts'

/** The first line of a jail.conf.d file of ours says so: that, and nothing else, makes a jail ours. */
export const marker = '# jailops'

export function isOurs(text: string): boolean {
  return text.startsWith(`${marker} `)
}

export function configurationFile(layout: Layout, name: string): string {
  return `${layout.jailConfFolder}/${name}.conf`
}

export function rootOf(layout: Layout, name: string): string {
  return `${layout.jailRoots}/${name}`
}

/**
 * A value as it may stand between double quotes in jail.conf. Whatever jail(8), or the shell that some parameters are handed to, could
 * read as syntax is refused, not escaped.
 */
export function plainValue(value: string): string {
  if (/^[A-Za-z0-9._:/|@+-]+$/.test(value)) return value
  throw unsafe(value)
}

/** An encoded word (`tags=a%2Cb&note=…`) that nobody but us reads as more than text. */
export function encodedValue(value: string): string {
  if (/^[A-Za-z0-9._*+%&=-]+$/.test(value)) return value
  throw unsafe(value)
}

export function plainName(name: string): string {
  const result = jailName.safeParse(name)
  if (result.success) return result.data
  throw new JailopsError(
    'bad_argument',
    `${JSON.stringify(name)} is no name for a jail: ${result.error.issues[0]?.message ?? 'not valid'}.`,
  )
}

function unsafe(value: string): JailopsError {
  return new JailopsError('bad_argument', `${JSON.stringify(value)} cannot be written safely into jail.conf.`)
}
