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
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const what = code === 'ENOSPC' ? 'the disk is full' : 'the disk quota is used up'
    return new JailopsError('disk_full', `Could not ${doing}: ${what}. Make room and try again.`, { cause: error })
  }
  return new JailopsError('step_failed', `Could not ${doing}: ${errorWords(error)}.`, { cause: error })
}

/** The answer, or undefined where the path leads nowhere. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  })
}
