import type { Command } from '../core/command.ts'
import { narrowingOf } from '../core/narrowing.ts'
import type { Config } from './schema.ts'

/** Permissions with words behind them, once the commands are known: what each lets say, and those that let nothing be said. */
export function narrowingRemarks({ policy, host, hosts }: Config, commands: readonly Command[]): { warnings: string[]; notes: string[] } {
  const takesWords = new Set(commands.filter((command) => command.narrowedBy !== undefined).map(({ permission }) => permission))
  const places = [
    ...Object.entries(policy.roles).map(([role, { permissions }]) => ({ place: `policy.roles.${role}`, permissions })),
    ...policy.approvals.map(({ permissions }, index) => ({ place: `policy.approvals[${index}]`, permissions })),
    ...(host === undefined ? [] : [{ place: 'host', permissions: host.permissions }]),
    ...Object.entries(hosts).map(([name, { permissions = [] }]) => ({ place: `hosts.${name}`, permissions })),
  ]
  const narrowed = places.flatMap(({ place, permissions }) =>
    permissions.flatMap((pattern) => {
      const narrowing = narrowingOf(pattern)
      return narrowing === undefined ? [] : [{ place, pattern, narrowing }]
    }),
  )
  const isKnown = ({ narrowing }: (typeof narrowed)[number]) => takesWords.has(narrowing.permission)
  return {
    warnings: narrowed
      .filter((one) => !isKnown(one))
      .map(
        ({ place, pattern, narrowing }) =>
          `${place}.permissions: ${pattern} covers nothing: no command takes words behind ${narrowing.permission}`,
      ),
    notes: narrowed
      .filter(isKnown)
      .map(
        ({ place, narrowing: { permission, words, isOpen } }) =>
          `${place}: ${permission} only as: ${words.map(quoted).join(' ')}${isOpen ? ' and any further words' : ''}`,
      ),
  }
}

function quoted(word: string): string {
  return /\s|^$/.test(word) ? JSON.stringify(word) : word
}
