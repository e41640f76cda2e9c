import type { HostSummary } from '../core/command.ts'
import { JailopsError } from '../core/errors.ts'
import type { Inventory } from '../core/message.ts'
import { didYouMean } from '../core/suggest.ts'

export interface KnownHost {
  name: string
  inventory?: Inventory
  /** Milliseconds since 1970, 0 if never. */
  seenAt: number
}

/** Heard of longer ago than this (three signs of life), a host seems to be away. */
export const awayMilliseconds = 90_000

export function summaryOf({ name, seenAt, inventory }: KnownHost, now: number): HostSummary {
  const { heartbeat, jails = [], routes = [] } = inventory ?? {}
  return {
    name,
    seenAt,
    isAway: now - seenAt > awayMilliseconds,
    jails: jails.length,
    sites: routes.length,
    ...(heartbeat !== undefined && { heartbeat }),
  }
}

/** Which host a command is meant for: the one named, the only one, or the one that has the jail (or site) it names. @throws unknown_host, which_host */
export function chooseHost(hosts: readonly KnownHost[], args: Record<string, unknown>, wanted?: string): KnownHost {
  const names = hosts.map((host) => host.name)
  if (wanted !== undefined) {
    const named = hosts.find((host) => host.name === wanted)
    if (named !== undefined) return named
    throw new JailopsError(
      'unknown_host',
      `There is no host ${wanted.slice(0, 40)}.${didYouMean(wanted, names)} I know: ${names.join(', ')}.`,
    )
  }
  const [first] = hosts
  if (first === undefined) throw new JailopsError('unknown_host', 'No host is configured; add one under hosts in jailops.yaml.')
  if (hosts.length === 1) return first
  const having = hosts.filter(({ inventory }) => {
    if (typeof args['jail'] === 'string')
      return inventory?.jails.includes(args['jail']) === true || inventory?.trash.includes(args['jail']) === true
    return typeof args['site'] === 'string' && inventory?.routes.includes(args['site']) === true
  })
  const [only] = having
  if (only !== undefined && having.length === 1) return only
  const among = having.length > 1 ? having.map((host) => host.name) : names
  throw new JailopsError('which_host', `Which host? Add host:NAME, one of: ${among.join(', ')}.`)
}
