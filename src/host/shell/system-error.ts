import { getSystemErrorMessage } from 'node:util'
import { JailopsError } from '../../core/errors.ts'

/** The system's short code such as ENOENT, or undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** The system's own words for it. */
export function errorWords(error: unknown): string {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return getSystemErrorMessage(error.errno)
  return error instanceof Error ? error.message : String(error)
}

/** What a person is told when the file system said no; `doing` completes "Could not …". */
export function fileError(error: unknown, doing: string): JailopsError {
  if (error instanceof JailopsError) return error
  const code = errorCode(error)
  if (code === 'ENOSPC') return diskFull(doing, 'the disk is full', error)
  if (code === 'EDQUOT') return diskFull(doing, 'the disk quota is used up', error)
  return new JailopsError('step_failed', `Could not ${doing}: ${errorWords(error)}.`, { cause: error })
}

/** The same where a program said no: it is told in that program's own words. */
export function toolError(complaint: string, doing: string): JailopsError {
  if (/no space left on device/i.test(complaint)) return diskFull(doing, 'the disk is full', complaint)
  if (/quota exceeded/i.test(complaint)) return diskFull(doing, 'the disk quota is used up', complaint)
  return new JailopsError('step_failed', `Could not ${doing}: ${lastWordsOf(complaint) || 'it failed without a word'}.`, {
    cause: complaint,
  })
}

/** `mv: cannot stat 'a': No such file or directory` → `no such file or directory` */
export function lastWordsOf(complaint: string): string {
  const words = complaint.trim().split('\n').at(-1)?.split(': ').at(-1)?.trim() ?? ''
  return `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`.replace(/\.$/, '')
}

function diskFull(doing: string, what: string, cause: unknown): JailopsError {
  return new JailopsError('disk_full', `Could not ${doing}: ${what}. Make room and try again.`, { cause })
}

/** The answer, or undefined where the path leads nowhere. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (leadsNowhere(error)) return undefined
    throw error
  })
}

export function leadsNowhere(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}
