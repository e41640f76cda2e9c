import type { Command } from '../core/command.ts'
import type { Inventory } from '../core/message.ts'
import { offeredOptions, optionsOf } from '../core/options.ts'
import { type Actor, covers, permissionsOf, type Policy } from '../core/policy.ts'
import type { Completion, Known, Question } from '../chat/adapter.ts'
import type { KnownHost } from './hosts.ts'

const most = 25

export interface WhatIsKnown {
  commands: readonly Command[]
  policy: Policy
  hosts: readonly KnownHost[]
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
  return commands.filter((command) => allowed.some((pattern) => covers(pattern, command.permission)))
}

/** The same for one argument alone, as a select menu or an autocompleted option asks for it. */
export function knownValues({ command: path, argument, typed, actor }: Question, known: WhatIsKnown): Known[] {
  const command = commandsOf(actor, known).find((one) => one.path === path)
  return command === undefined ? [] : valuesOf(command, argument, typed, known)
}

function suggestions(command: Command, word: string, before: string, known: WhatIsKnown): { word: string; hint: string }[] {
  const options = offeredOptions(command)
  const first = Object.keys(command.args.shape)[0]
  const pair = /^([a-z-]+):(.*)$/i.exec(word)
  if (pair !== null) {
    const [, label = '', typed = ''] = pair
    const name = options.find((option) => option.label === label)?.name ?? ''
    return valuesOf(command, name, typed, known).map(({ value, hint }) => ({ word: `${label}:${value} `, hint }))
  }
  const values = before === '' && first !== undefined ? valuesOf(command, first, word, known) : []
  return [
    ...values.map(({ value, hint }) => ({ word: `${value} `, hint })),
    ...options
      .map(({ label, name }) => (name === 'dryRun' ? 'dry-run:yes ' : `${label}:`))
      .filter((key) => key.startsWith(word) && !before.includes(key.split(':')[0] ?? ''))
      .map((key) => ({ word: key, hint: 'option' })),
  ]
}

/** What the argument could be, those that begin as typed first, then those that hold it. */
function valuesOf(command: Command, name: string, typed: string, known: WhatIsKnown): Known[] {
  const all = namesFor(command, name, known)
  const distinct = [...new Map(all.map((one) => [one.value, one])).values()]
  const wanted = typed.toLowerCase()
  const begins = distinct.filter(({ value }) => value.startsWith(wanted))
  return [...begins, ...distinct.filter(({ value }) => !value.startsWith(wanted) && value.includes(wanted))]
}

function namesFor(command: Command, name: string, { hosts, waiting }: WhatIsKnown): Known[] {
  const choices = optionsOf(command).find((option) => option.name === name)?.choices ?? []
  if (choices.length > 0) return choices.map((value) => ({ value, hint: name }))
  if (name === 'request') return waiting().map(({ id, line }) => ({ value: id, hint: line }))
  if (name === 'host') return hosts.map((host) => ({ value: host.name, hint: 'host' }))
  const held = (pick: (inventory: Inventory) => string[]) =>
    hosts.flatMap((host) => (host.inventory === undefined ? [] : pick(host.inventory).map((value) => ({ value, hint: `on ${host.name}` }))))
  if (name === 'jail' && command.path !== 'jail create')
    return held(({ jails, trash }) => (command.path === 'jail restore' ? trash : jails))
  if (name === 'site' && command.path !== 'proxy add') return held(({ routes }) => routes)
  return []
}
