import { JailopsError } from '../../src/core/errors.ts'

/** The JailopsError that the work ends in; anything else is the test's failure. */
export function refusal(work: () => unknown): JailopsError {
  let result: unknown
  try {
    result = work()
  } catch (error) {
    if (error instanceof JailopsError) return error
    throw error
  }
  throw new Error(`expected a JailopsError, but it gave ${JSON.stringify(result)}`)
}
