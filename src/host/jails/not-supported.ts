import { JailopsError } from '../../core/errors.ts'
import type { Manager } from '../../core/jail.ts'

/** @throws not_supported_by_driver, always: what cannot be done, and what to use instead */
export function notSupported(manager: Manager, what: string, instead: string): never {
  throw new JailopsError('not_supported_by_driver', `${manager} does not have ${what}. ${instead}`)
}
