import type { Observing } from '../observing.ts'
import type { ConfiguredJail } from '../../../core/jail.ts'

/** All jails of iocage. */
export async function observeIocage(_deps: Observing): Promise<ConfiguredJail[]> {
  return []
}
