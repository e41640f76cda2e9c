import { JailopsError } from '../../../core/errors.ts'
import type { Jail } from '../../../core/jail.ts'

/* Who must run before whom. jailops sees to it itself; why jail(8) does not is in docs/decisions/0008-who-starts-first.md. */

/** The jails that need it, and those that need them, in the order of their stop. */
export function dependentsOf(jails: readonly Jail[], { name }: Pick<Jail, 'name'>): Jail[] {
  const order: Jail[] = []
  const visit = (needed: string, way: readonly string[]) => {
    for (const other of jails) {
      if (other.manager !== 'jail.conf' || !other.depends.includes(needed) || other.name === name || way.includes(other.name)) continue
      visit(other.name, [...way, other.name])
      if (!order.includes(other)) order.push(other)
    }
  }
  visit(name, [])
  return order
}

/** @throws bad_argument, host_not_ready: what cannot be started first is no use */
export function checkDepends(jails: readonly Jail[], jail: Jail, on: readonly string[]): void {
  for (const name of on) {
    if (name === jail.name) throw new JailopsError('bad_argument', `${name} cannot depend on itself.`)
    const found = ofJailConf(jails, name)
    if (found === undefined) {
      throw new JailopsError(
        'unknown_jail',
        `There is no jail ${name} of jail.conf on this host that ${jail.name} could depend on. See /jail list.`,
      )
    }
    if (!found.ours) {
      throw new JailopsError(
        'not_ours',
        `${name} was not made by jailops, so it could not be started for ${jail.name}. Adopt it first: /jail adopt ${name}`,
      )
    }
  }
  const circle = dependentsOf(jails, jail).find(({ name }) => on.includes(name))
  if (circle !== undefined) {
    throw new JailopsError(
      'bad_argument',
      `${circle.name} depends on ${jail.name} already; each would have to run before the other. See /jail info ${circle.name}.`,
    )
  }
}

function ofJailConf(jails: readonly Jail[], name: string): Jail | undefined {
  return jails.find((one) => one.name === name && one.manager === 'jail.conf')
}
