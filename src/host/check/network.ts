import ipaddr from 'ipaddr.js'
import { rcVariable } from '../facts/boot.ts'
import { answerOf, good, itSaid, lacks, type Look, type Seen, shown, unknown, warning } from './look.ts'

/** lo0 is always there, and em0 is a card: only what ifconfig makes has to be in cloned_interfaces. */
const cloned = /^(lo[1-9]\d*|(bridge|epair|tap|tun|vlan|wg)\d+)$/

export async function checkNetwork(look: Look): Promise<Seen[]> {
  const [names, all] = await Promise.all([answerOf(look, 'ifconfig', '-l'), answerOf(look, 'ifconfig', '-a')])
  if (names.exitCode !== 0) return [unknown(`Its interfaces are not known: ${itSaid(names)}.`)]
  const exists = names.stdout.trim().split(/\s+/).includes(look.layout.interface)
  const inRcConf = cloned.test(look.layout.interface) ? await isInRcConf(look) : true
  return [interfaceSeen(look, exists, inRcConf), poolSeen(look, all.stdout)]
}

async function isInRcConf({ shell, layout }: Look): Promise<boolean> {
  const words = (await rcVariable(shell, 'cloned_interfaces')).trim().split(/\s+/)
  return words.some((word) => word.replace(/:sticky$/, '') === layout.interface)
}

function interfaceSeen({ layout }: Look, exists: boolean, inRcConf: boolean): Seen {
  const name = layout.interface
  const persist = `sysrc cloned_interfaces+=${name}`
  if (exists && inRcConf) return good(`The jails' interface ${name} is there, and after a reboot too.`)
  if (exists)
    return warning(`The jails' interface ${name} is there, but rc.conf does not make it: after a reboot no jail would start.`, persist)
  if (!cloned.test(name))
    return lacks(
      `There is no interface ${name}, which the layout names for the jails.`,
      'ifconfig -l   # then set layout.interface in jailops.yaml',
    )
  return lacks(
    `There is no interface ${name}, on which the jails get their addresses.`,
    ...(inRcConf ? [] : [persist]),
    'service netif cloneup',
  )
}

function poolSeen({ layout }: Look, listing: string): Seen {
  const pool = ipaddr.IPv4.parseCIDR(layout.pool)
  const inside = addressesElsewhere(listing, layout.interface).filter(([, address]) => ipaddr.IPv4.parse(address).match(pool))
  const [first] = inside
  if (first === undefined) return good(`The pool ${layout.pool} on ${layout.interface} overlaps with no other interface of the host.`)
  return warning(
    `${shown(first[0])} has the address ${first[1]} inside the pool ${layout.pool}, which should be for jails alone: its neighbours there could not be told from jails.`,
    '# in jailops.yaml, for this host: another layout.pool, such as 10.77.0.0/24',
  )
}

/** Interface and address, of all interfaces but the jails' own. */
function addressesElsewhere(listing: string, own: string): [string, string][] {
  const found: [string, string][] = []
  let current = ''
  for (const line of listing.split('\n')) {
    current = /^([a-z][\w.]{0,31}): /i.exec(line)?.[1] ?? current
    const address = /^\s+inet ([0-9.]{7,15})\b/.exec(line)?.[1]
    if (address !== undefined && current !== own && ipaddr.IPv4.isValidFourPartDecimal(address)) found.push([current, address])
  }
  return found
}
