import { shown } from '../core/arguments.ts'
import type { Command, HostSummary } from '../core/command.ts'
import { JailopsError } from '../core/errors.ts'
import type { Inventory } from '../core/message.ts'
import { didYouMean } from '../core/suggest.ts'

export interface KnownHost {
  name: string
  inventory?: Inventory
  /** Milliseconds since 1970, 0 if never. */
  seenAt: number
  /** Why it cannot say now what it has. */
  problem?: string
}

/** Heard of longer ago than this (three signs of life), a host seems to be away. */
export const awayMilliseconds = 90_000
/** Whoever has listened for less than this cannot know: a sign of life comes every 30 s. */
const listenMilliseconds = 35_000

export function isHere({ seenAt }: KnownHost, now: number): boolean {
  return now - seenAt <= awayMilliseconds
}

/** `hearingSince`: what was said before that, nobody was there to hear. */
export function isAway({ seenAt }: KnownHost, now: number, hearingSince: number): boolean {
  return now - seenAt > awayMilliseconds && now - hearingSince > listenMilliseconds
}

export function summaryOf(host: KnownHost, now: number, hearingSince = 0): HostSummary {
  const { name, seenAt, inventory, problem } = host
  const { heartbeat, jails = [], routes = [] } = inventory ?? {}
  return {
    name,
    seenAt,
    ...(seenAt > 0 && { seenAgoSeconds: Math.max(0, Math.round((now - seenAt) / 1000)) }),
    isHere: isHere(host, now),
    isAway: isAway(host, now, hearingSince),
    jails: jails.length,
    sites: routes.length,
    ...(heartbeat !== undefined && { heartbeat }),
    ...(problem !== undefined && { problem }),
  }
}

/** `12 s`, `3 minutes`, `5 hours`, `2 days`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const [count, unit] =
    seconds < 3600 ? [seconds / 60, 'minute'] : seconds < 48 * 3600 ? [seconds / 3600, 'hour'] : [seconds / (24 * 3600), 'day']
  return `${Math.floor(count)} ${unit}${Math.floor(count) === 1 ? '' : 's'}`
}

/** Arguments that name what is still to be made: no host has it, or the wrong one. */
const madeBy: Record<string, string> = { 'jail create': 'jail', 'proxy add': 'site' }

/** What a host has that such an argument of the command could name: what is in the trash only where it is to be restored. */
export function heldBy({ path }: Pick<Command, 'path'>, argument: string, { jails, trash, routes }: Inventory): readonly string[] {
  if (argument === 'jail') return path === 'jail restore' ? trash : jails
  return argument === 'site' ? routes : []
}

/** What of the arguments, if any, a host may be expected to hold. */
export function isThere(command: Pick<Command, 'path'>, argument: string): boolean {
  return madeBy[command.path] !== argument
}

export interface Wanted {
  command: Pick<Command, 'path' | 'presume'>
  args: Record<string, unknown>
  /** By `host:`. */
  named?: string | undefined
  /** The default of the channel in which it was said. */
  channel?: string | undefined
}

/**
 * Which host a command is meant for: the one named, the channel's, the only one, or the one that has the jail (or site) it names.
 * Where only others than the channel's host have it, nobody said which is meant: so it is asked, and never guessed.
 * @throws unknown_host, which_host
 */
export function chooseHost(hosts: readonly KnownHost[], { command, args, named, channel }: Wanted): KnownHost {
  const names = hosts.map((host) => host.name)
  if (named !== undefined) return hosts.find((host) => host.name === named) ?? unknownHost(named, names)
  const [first] = hosts
  if (first === undefined) throw new JailopsError('unknown_host', 'No host is configured; add one under hosts in jailops.yaml.')
  const presumed = command.presume?.(args) ?? {}
  const meant = (name: string) => args[name] ?? presumed[name]
  const thing = ['jail', 'site'].find((name) => typeof meant(name) === 'string' && isThere(command, name))
  const having =
    thing === undefined
      ? []
      : hosts.filter(({ inventory }) => inventory !== undefined && heldBy(command, thing, inventory).some((one) => one === meant(thing)))
  const ofChannel = hosts.find((host) => host.name === channel)
  if (ofChannel !== undefined && (having.length === 0 || having.includes(ofChannel))) return ofChannel
  const list = (among: readonly KnownHost[]) => among.map((host) => host.name).join(', ')
  if (ofChannel !== undefined && thing !== undefined) {
    throw new JailopsError(
      'which_host',
      `${ofChannel.name}, this channel's host, has no ${thing} ${String(meant(thing))}. It is on: ${list(having)}. If you mean that one, add host:NAME.`,
    )
  }
  if (hosts.length === 1) return first
  const [only] = having
  if (only !== undefined && having.length === 1) return only
  throw new JailopsError('which_host', `Which host? Add host:NAME, one of: ${list(having.length > 1 ? having : hosts)}.`)
}

function unknownHost(wanted: string, names: readonly string[]): never {
  throw new JailopsError('unknown_host', `There is no host ${shown(wanted)}.${didYouMean(wanted, names)} I know: ${names.join(', ')}.`)
}
