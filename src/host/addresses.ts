import ipaddr from 'ipaddr.js'
import { JailopsError } from '../core/errors.ts'
import type { ObservedFacts } from '../core/host.ts'
import type { Layout } from '../core/layout.ts'

export { endpointOf } from '../core/layout.ts'

type Known = Pick<ObservedFacts, 'addresses' | 'jails' | 'reservedByOthers' | 'reservedHere'>

/**
 * The address of a new jail: the one this request chose when it was planned before, else the wanted one, else the lowest free one.
 * @throws bad_argument, address_taken, pool_exhausted
 */
export function chooseAddress(facts: Known, layout: Layout, wanted?: string): string {
  const pool = poolOf(layout)
  const held = new Map<string, string>([
    ...facts.reservedByOthers.filter(isAddress).map((word): [string, string] => [addressIn(word), 'another open request (see /job list)']),
    ...facts.addresses.taken.map((address): [string, string] => [address, 'an interface or a configuration of the host']),
    ...facts.jails.flatMap((jail): [string, string][] => (jail.address === undefined ? [] : [[jail.address, `jail ${jail.name}`]])),
  ])
  if (wanted !== undefined) return checkWanted(wanted, pool, held)
  const chosenBefore = facts.reservedHere.filter(isAddress).map(addressIn)
  const kept = chosenBefore.find((address) => isUsable(pool, address) && !held.has(address))
  if (kept !== undefined) return kept
  // the pool's first address is left to the host: many give it to lo1 itself one day
  for (let number = pool.first + 2; number < pool.last; number++) {
    const address = toText(number)
    if (!held.has(address)) return address
  }
  throw new JailopsError(
    'pool_exhausted',
    `Every address of the pool ${layout.pool} is taken. Destroy a jail, or give the host a larger pool in its configuration.`,
  )
}

interface Pool {
  text: string
  /** The network's own address and the broadcast address, as numbers. */
  first: number
  last: number
}

function poolOf({ pool }: Layout): Pool {
  const first = toNumber(ipaddr.IPv4.networkAddressFromCIDR(pool).toString())
  const last = toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(pool).toString())
  return { text: pool, first, last }
}

function checkWanted(wanted: string, pool: Pool, held: ReadonlyMap<string, string>): string {
  if (!ipaddr.IPv4.isValidFourPartDecimal(wanted) || !isUsable(pool, wanted)) {
    throw new JailopsError(
      'bad_argument',
      `${wanted} is no address for a jail here: choose one inside the pool ${pool.text}, or leave it out.`,
    )
  }
  const holder = held.get(wanted)
  if (holder !== undefined) {
    throw new JailopsError('address_taken', `${wanted} belongs to ${holder}. Choose another address, or leave it out to get a free one.`)
  }
  return wanted
}

function isUsable(pool: Pool, address: string): boolean {
  const number = toNumber(address)
  return number > pool.first && number < pool.last
}

function isAddress(word: string): boolean {
  return word.startsWith('address:')
}

function addressIn(word: string): string {
  return word.slice('address:'.length)
}

function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((number, byte) => number * 256 + byte, 0)
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}
