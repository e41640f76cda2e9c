import { argumentKinds } from '../core/arguments.ts'
import type { Command } from '../core/command.ts'
import { covers, permissionsOf, type Policy } from '../core/policy.ts'
import type { Actor } from '../core/policy.ts'
import type { Completion } from '../chat/adapter.ts'
import type { KnownHost } from './hosts.ts'

const most = 25

/** What a half-typed line could become, from memory alone: commands this person may use, then names the hosts have. */
export function complete(
  text: string,
  actor: Actor,
  { commands, policy, hosts }: { commands: readonly Command[]; policy: Policy; hosts: readonly KnownHost[] },
): Completion[] {
  const slash = text.startsWith('/') ? '/' : ''
  const line = text.slice(slash.length).trimStart()
  const allowed = permissionsOf(policy, actor)
  const may = commands.filter((command) => allowed.some((pattern) => covers(pattern, command.permission)))
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
  return suggestions(command, word, line.slice(command.path.length, cut).trim(), hosts)
    .slice(0, most)
    .map(({ word: whole, hint }) => ({ text: `${kept}${whole}`, hint }))
}

function suggestions(command: Command, word: string, before: string, hosts: readonly KnownHost[]): { word: string; hint: string }[] {
  const keys = [...argumentKinds(command).keys()].filter((key) => key !== 'dryRun' || command.risk === 'change')
  const first = Object.keys(command.args.shape)[0]
  const pair = /^([a-z]+):(.*)$/i.exec(word)
  if (pair !== null) {
    const [, key = '', value = ''] = pair
    return valuesOf(key, command, hosts)
      .filter((candidate) => candidate.startsWith(value))
      .map((candidate) => ({ word: `${key}:${candidate} `, hint: key }))
  }
  const values = before === '' && first !== undefined ? valuesOf(first, command, hosts) : []
  return [
    ...values.filter((candidate) => candidate.startsWith(word)).map((candidate) => ({ word: `${candidate} `, hint: first ?? '' })),
    ...keys
      .map((key) => (key === 'dryRun' ? 'dry-run:yes ' : `${key}:`))
      .filter((key) => key.startsWith(word) && !before.includes(key.split(':')[0] ?? ''))
      .map((key) => ({ word: key, hint: 'option' })),
  ]
}

function valuesOf(key: string, command: Command, hosts: readonly KnownHost[]): string[] {
  return [...new Set(namesFor(key, command, hosts))]
}

function namesFor(key: string, command: Command, hosts: readonly KnownHost[]): string[] {
  const held = hosts.flatMap(({ inventory }) => (inventory === undefined ? [] : [inventory]))
  if (key === 'host') return hosts.map((host) => host.name)
  if (key === 'jail')
    return command.path === 'jail create' ? [] : held.flatMap(({ jails, trash }) => (command.path === 'jail restore' ? trash : jails))
  if (key === 'site' && command.path !== 'proxy add') return held.flatMap(({ routes }) => routes)
  return []
}
