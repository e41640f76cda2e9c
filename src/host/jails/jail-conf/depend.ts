import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { bootBehind } from './boot-order.ts'
import { checkDepends } from './relatives.ts'
import { writeRecord } from './write-record.ts'

/** jailops starts and stops by it; at boot the order of jail_list does, so that is put right too. */
export function dependOn(facts: Facts, jail: Jail, on: readonly string[]): Step[] {
  const depends = [...new Set(on)]
  checkDepends(facts.jails, jail, depends)
  const title = depends.length === 0 ? `Let ${jail.name} depend on no other jail` : `Let ${jail.name} depend on ${depends.join(', ')}`
  return [...writeRecord(facts, jail, { depends }, title), ...bootBehind(facts, jail, depends)]
}
