import type { JailDriver } from '../../core/drivers.ts'
import type { Facts } from '../../core/host.ts'
import type { Jail, Manager } from '../../core/jail.ts'
import type { Step } from '../../core/step.ts'
import { notSupported } from './not-supported.ts'

/** A jail leaves its manager for another one, with all its data. @throws not_supported_by_driver */
export function migrateJail(_facts: Facts, _drivers: Readonly<Record<Manager, JailDriver>>, jail: Jail, to: Manager): Step[] {
  return notSupported(jail.manager, `a way to ${to}`, 'Export it and import it again.')
}
