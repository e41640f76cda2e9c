import type { Observing } from '../observing.ts'
import type { ConfiguredJail } from '../../../core/jail.ts'

/** All jails of bastille. */
export async function observeBastille(_deps: Observing): Promise<ConfiguredJail[]> {
  return []
}
