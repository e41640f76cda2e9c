import type { Command } from '../core/command.ts'
import { offeredOptions } from '../core/options.ts'
import { type Actor, mayCover, permissionsOf, type Policy } from '../core/policy.ts'
import type { Completion, Known, Question } from '../chat/adapter.ts'
import { heldBy, isAway, isHere, type KnownHost, spanText } from './hosts.ts'
import { everyHost } from './record.ts'

const most = 25

export interface WhatIsKnown {
  commands: readonly Command[]
  policy: Policy
  hosts: readonly KnownHost[]
  now: number
  /** Since when hosts are listened to. */
  hearingSince: number
  /** Requests that somebody could still say something of, newest first. */
  waiting(): { id: string; line: string }[]
}

/** What a half-typed line could become, from memory alone: commands this person may use, then names the hosts have. */
export function complete(text: string, actor: Actor, known: WhatIsKnown): Completion[] {
  const slash = text.startsWith('/') ? '/' : ''
  const line = text.slice(slash.length).trimStart()
  const may = commandsOf(actor, known)
  const command = may.filter(({ path }) => line.startsWith(`${path} `)).toSorted((a, b) => b.path.length - a.path.length)[0]
  if (command === undefined) {
    return may
      .filter(({ path }) => path.startsWith(line.toLowerCase()))
      .slice(0, most)
      .map(({ path, summary }) => ({ text: `${slash}${path} `, hint: summary }))
  }
  const cut = line.lastIndexOf(' ') + 1
  const kept = `${slash}${line.slice(0, cut)}`
  const word = line.slice(cut)
  return suggestions(command, word, line.slice(command.path.length, cut).trim(), known)
    .slice(0, most)
    .map(({ word: whole, hint }) => ({ text: `${kept}${whole}`, hint }))
}

export function commandsOf(actor: Actor, { commands, policy }: WhatIsKnown): Command[] {
  const allowed = permissionsOf(policy, actor)
  return commands.filter((command) => allowed.some((pattern) => mayCover(pattern, command)))
}

/** The same for one argument alone, as a select menu or an autocompleted option asks for it. */
export function knownValues({ command: path, argument, typed, actor }: Question, known: WhatIsKnown): Known[] {
  const command = commandsOf(actor, known).find((one) => one.path === path)
  return command === undefined ? [] : valuesOf(command, argument, typed, known)
}

function suggestions(command: Command, word: string, before: string, all: WhatIsKnown): { word: string; hint: string }[] {
  const known = onNamedHost(before, all)
  const options = offeredOptions(command)
  const first = Object.keys(command.args.shape)[0]
  const pair = /^([a-z-]+):(.*)$/i.exec(word)
  if (pair !== null) {
    const [, label = '', typed = ''] = pair
    const name = options.find((option) => option.label === label)?.name ?? ''
    return valuesOf(command, name, typed, name === 'host' ? all : known).map(({ value, hint }) => ({ word: `${label}:${value} `, hint }))
  }
  const isOpen = first !== undefined && before.split(' ').every((said) => isOption(said) && !said.startsWith(`${first}:`))
  const values = isOpen ? valuesOf(command, first, word, known) : []
  return [
    ...values.map(({ value, hint }) => ({ word: `${value} `, hint })),
    ...options
      .map(({ label, name }) => (name === 'dryRun' ? 'dry-run:yes ' : `${label}:`))
      .filter((key) => key.startsWith(word) && !before.includes(key.split(':')[0] ?? ''))
      .map((key) => ({ word: key, hint: 'option' })),
  ]
}

/** No plain word, which would be the first argument. */
function isOption(word: string): boolean {
  return word === '' || /^[a-z-]+[:=]/i.test(word)
}

/** What the argument could be, those that begin as typed first, then those that hold it. */
function valuesOf(command: Command, name: string, typed: string, known: WhatIsKnown): Known[] {
  const all = namesFor(command, name, known)
  const distinct = [...Map.groupBy(all, ({ value }) => value)].map(([value, same]) => ({
    value,
    hint: shortList([...new Set(same.map(({ hint }) => hint))]),
  }))
  const wanted = typed.toLowerCase()
  const begins = distinct.filter(({ value }) => value.startsWith(wanted))
  return [...begins, ...distinct.filter(({ value }) => !value.startsWith(wanted) && value.includes(wanted))]
}

function shortList(words: readonly string[]): string {
  return words.length > 3 ? `${words.slice(0, 2).join(', ')} and ${words.length - 2} more` : words.join(', ')
}

/** After `host:web2` only that host's names fit. A word that is no host's name leaves them all. */
function onNamedHost(before: string, known: WhatIsKnown): WhatIsKnown {
  const [, name] = /(?:^|\s)(?:--)?host[:= ](\S+)/i.exec(before) ?? []
  const named = known.hosts.filter((host) => host.name === name)
  return named.length > 0 ? { ...known, hosts: named } : known
}

/** Those that are here first. */
function hostsFor({ hosts, now, hearingSince }: WhatIsKnown): Known[] {
  const away = (host: KnownHost) => isAway(host, now, hearingSince)
  const hint = (host: KnownHost) => {
    if (host.seenAt === 0) return 'not heard of yet'
    if (away(host)) return `away for ${spanText(now - host.seenAt)}`
    if (!isHere(host, now)) return 'not heard of since the bot started'
    const jails = host.inventory?.jails.length ?? 0
    return `here, ${jails} ${jails === 1 ? 'jail' : 'jails'}`
  }
  return hosts.toSorted((one, other) => Number(away(one)) - Number(away(other))).map((host) => ({ value: host.name, hint: hint(host) }))
}

function namesFor(command: Command, name: string, known: WhatIsKnown): Known[] {
  const { hosts, waiting } = known
  const option = offeredOptions(command).find((one) => one.name === name)
  if (option === undefined) return []
  const { choices } = option
  if (choices.length > 0) return choices.map((value) => ({ value, hint: name }))
  if (name === 'request') return waiting().map(({ id, line }) => ({ value: id, hint: line }))
  if (name === 'host') return [...hostsFor(known), ...(command.risk === 'read' ? [{ value: everyHost, hint: 'all hosts' }] : [])]
  return hosts.flatMap(({ name: host, inventory }) =>
    inventory === undefined ? [] : heldBy(command, name, inventory).map((value) => ({ value, hint: `on ${host}` })),
  )
}
