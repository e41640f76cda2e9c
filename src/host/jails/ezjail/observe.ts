import type { Observing } from '../observing.ts'
import type { ConfiguredJail } from '../../../core/jail.ts'

/** All jails of ezjail. */
export async function observeEzjail(_deps: Observing): Promise<ConfiguredJail[]> {
  return []
}
