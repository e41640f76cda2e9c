import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { bootOn, setBootList } from './boot-list.ts'
import { dependentsOf } from './relatives.ts'

/* rc.d/jail starts jails one by one in the order of jail_list, and so what a jail depends on has to stand before it there. */

type Seen = Pick<Facts, 'boot' | 'jails'>

/** A boot entry: behind all others, or before those that depend on it. @throws host_not_ready where what it depends on does not start */
export function bootInOrder({ boot, jails }: Seen, name: string): Step[] {
  const jail = jails.find((one) => one.name === name && one.manager === 'jail.conf')
  mustStartToo(jails, name, jail?.depends ?? [])
  const dependents = dependentsOf(jails, { name }).map((one) => one.name)
  const first = boot.list.findIndex((one) => dependents.includes(one))
  if (first === -1 || !boot.jailEnable || boot.list.includes(name)) return bootOn(boot, name)
  return [setBootList(boot.list.toSpliced(first, 0, name), boot, `Let ${name} start at boot, before ${boot.list[first] ?? ''}`)]
}

/** The jail's place in the list, once it depends on those. @throws host_not_ready where they do not start at boot */
export function bootBehind({ boot, jails }: Seen, { name, startsAtBoot }: Jail, depends: readonly string[]): Step[] {
  if (!startsAtBoot) return []
  mustStartToo(jails, name, depends)
  const names = boot.list.length === 0 ? boot.configured : boot.list
  const others = names.filter((one) => one !== name)
  const last = Math.max(-1, ...depends.map((one) => others.indexOf(one)))
  if (last < names.indexOf(name)) return []
  return [setBootList(others.toSpliced(last + 1, 0, name), boot, `Let ${name} start behind ${depends.join(', ')} at boot`)]
}

function mustStartToo(jails: readonly Jail[], name: string, depends: readonly string[]): void {
  const off = depends.find((needed) => jails.find((one) => one.name === needed)?.startsAtBoot !== true)
  if (off === undefined) return
  throw new JailopsError(
    'host_not_ready',
    `${name} depends on ${off}, which does not start at boot. Let ${off} start at boot too (/jail boot on ${off}), or ${name} not.`,
  )
}
