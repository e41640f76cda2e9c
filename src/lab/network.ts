import type { Host, Interface, RunningJail } from './host.ts'

/** A network stack: the host's, or that of a jail with vnet. */
export type Stack = Pick<Host, 'interfaces'>

export function findInterface(stack: Stack, name: string): Interface | undefined {
  return stack.interfaces.find((each) => each.name === name)
}

export function absent(name: string): string {
  return `ifconfig: interface ${name} does not exist`
}

/** Returns ifconfig's complaint, or nothing. An alias that is there already is no error, as on the real system. */
export function addAlias(stack: Stack, name: string, address: string, prefix: number): string | undefined {
  const found = findInterface(stack, name)
  if (found === undefined) return absent(name)
  if (!found.aliases.some((alias) => alias.address === address)) found.aliases.push({ address, prefix })
  return undefined
}

export function dropAlias(stack: Stack, name: string, address: string): string | undefined {
  const found = findInterface(stack, name)
  if (found === undefined) return absent(name)
  if (!found.aliases.some((alias) => alias.address === address)) return "ifconfig: ioctl (SIOCDIFADDR): Can't assign requested address"
  found.aliases = found.aliases.filter((alias) => alias.address !== address)
  return undefined
}

/** Both ends of a cable; each is an interface of its own. */
export function createEpair(host: Host, asked: number | undefined): string | undefined {
  const taken = new Set(everyInterface(host).map(({ pair }) => pair))
  let pair = asked ?? 0
  if (asked !== undefined && taken.has(asked)) return undefined
  while (taken.has(pair)) pair++
  for (const end of ['a', 'b']) host.interfaces.push({ name: `epair${pair}${end}`, aliases: [], kind: 'epair', pair })
  return `epair${pair}a`
}

/** Wherever in jails they are. */
function everyInterface(host: Host): Interface[] {
  return [host, ...host.jails].flatMap(({ interfaces }) => interfaces)
}

/** One end takes the other with it; a bridge loses its member. */
export function destroyInterface(host: Host, found: Interface): void {
  const isGone = (each: Interface) => each === found || (found.pair !== undefined && each.pair === found.pair)
  const names = everyInterface(host)
    .filter(isGone)
    .map(({ name }) => name)
  for (const stack of [host, ...host.jails]) {
    stack.interfaces = stack.interfaces.filter((each) => !isGone(each))
    for (const each of stack.interfaces) each.members = each.members?.filter((name) => !names.includes(name))
  }
}

/** Into a jail's own stack or back: addresses and bridges stay behind. */
export function moveInterface(from: Stack, to: Stack, found: Interface): void {
  from.interfaces = from.interfaces.filter((each) => each !== found)
  for (const each of from.interfaces) each.members = each.members?.filter((name) => name !== found.name)
  to.interfaces.push({ ...found, aliases: [], up: false })
}

/** The stack of a jail that has ended is gone; what was moved into it is the host's again. */
export function giveBackInterfaces(host: Host, jail: RunningJail): void {
  for (const each of jail.interfaces) if (each.kind !== undefined) moveInterface(jail, host, each)
}
