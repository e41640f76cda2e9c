import { shown } from '../core/arguments.ts'
import type { Command, HostSummary, Naming } from '../core/command.ts'
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

type Named = Pick<Command, 'path' | 'names'>
const usual: Record<string, Naming> = { jail: 'jail', site: 'site' }

function namingOf({ names }: Named, argument: string): Naming | undefined {
  return names !== undefined && Object.hasOwn(names, argument) ? names[argument] : usual[argument]
}

/** What a host has that such an argument of the command could name; nothing where it names what is yet to be made. */
export function heldBy(command: Named, argument: string, { jails, trash, routes }: Inventory): readonly string[] {
  switch (namingOf(command, argument)) {
    case 'jail':
      return jails
    case 'site':
      return routes
    case 'trashed':
      return trash
    case 'new':
    case undefined:
      return []
  }
}

/** The first argument that was given, or presumed, and names what some host has. */
function thingNamed(command: Named, meant: Record<string, unknown>): { argument: string; name: string; kind: string } | undefined {
  for (const [argument, name] of Object.entries(meant)) {
    const naming = namingOf(command, argument)
    if (typeof name === 'string' && naming !== undefined && naming !== 'new') return { argument, name, kind: kinds[naming] }
  }
  return undefined
}

/** An empty field of a form stands for nothing. */
function given(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined))
}

const kinds = { jail: 'jail', site: 'site', trashed: 'destroyed jail' }

export interface Wanted {
  command: Named & Pick<Command, 'presume'>
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
  const thing = thingNamed(command, { ...command.presume?.(args), ...given(args) })
  const having =
    thing === undefined
      ? []
      : hosts.filter(({ inventory }) => inventory !== undefined && heldBy(command, thing.argument, inventory).includes(thing.name))
  const ofChannel = hosts.find((host) => host.name === channel)
  if (ofChannel !== undefined && (having.length === 0 || having.includes(ofChannel))) return ofChannel
  const list = (among: readonly KnownHost[]) => among.map((host) => host.name).join(', ')
  if (ofChannel !== undefined && thing !== undefined) {
    throw new JailopsError(
      'which_host',
      `${ofChannel.name}, this channel's host, has no ${thing.kind} ${thing.name}. It is on: ${list(having)}. If you mean that one, add host:NAME.`,
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
