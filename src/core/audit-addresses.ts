import type { AuditFinding } from './audit.ts'
import type { Facts } from './host.ts'
import type { Jail } from './jail.ts'

/** Stopping a jail takes its addresses off the interface: the other's, and the host's, with them. */
export function addressesShared(facts: Facts, jails: readonly Jail[]): AuditFinding[] {
  const holders = new Map<string, string[]>()
  for (const { name, addresses, vnet } of facts.jails) {
    if (!vnet) for (const address of new Set(addresses)) holders.set(address, [...(holders.get(address) ?? []), name])
  }
  const hosts = ofHost(facts.looked['interfaces']?.stdout ?? '', facts.layout.interface)
  return jails.flatMap(({ name, addresses, vnet, configuration }) =>
    (vnet || configuration === undefined ? [] : addresses).flatMap((address) => {
      const others = (holders.get(address) ?? []).filter((other) => other !== name)
      const also = [...others, ...(hosts.includes(address) ? ['the host itself'] : [])]
      return also.length === 0 ? [] : [finding(name, address, also)]
    }),
  )
}

function finding(jail: string, address: string, also: readonly string[]): AuditFinding {
  return {
    jail,
    state: 'open',
    what: `has the address ${address}, and so ${also.length === 1 ? 'has' : 'have'} ${also.join(', ')}`,
    remedy: `give ${jail} another one: /jail export, then /jail import with ip:`,
  }
}

/** The first address of an interface is its own; what follows are aliases, of jails too. On the jails' own interface all are theirs. */
function ofHost(text: string, jailInterface: string): string[] {
  const blocks = text.split(/\n(?=\S)/)
  return blocks.flatMap((block) => (block.startsWith(`${jailInterface}:`) ? [] : (/^\s+inet ([0-9.]+)/m.exec(block)?.[1] ?? [])))
}
