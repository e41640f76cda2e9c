import { parseArguments } from '../core/arguments.ts'
import type { Card } from '../core/card.ts'
import type { Command } from '../core/command.ts'
import { understand } from './judge.ts'
import { isOver, isSilenced, type Notice } from './notice.ts'

export interface Sayable {
  commands: readonly Command[]
  /** How many there are: with several, words name the one that is meant. */
  hosts: number
}

/** Who presses one says its words, and may do what they may do anyhow. */
export function buttonsOf(notice: Notice, sayable: Sayable, now: number): Card['buttons'] {
  const { id: request, host, items, isList, acknowledged } = notice
  if (isOver(notice) || notice.isUnheard === true) return []
  const actions = isList === true ? [] : items.flatMap(({ alert }) => alert.actions)
  const said = actions.flatMap(({ label, words }) => {
    const whole = wordsFor(words, host, sayable)
    // what only looks is no cure
    const style = hostNamedBy(words, sayable.commands)?.isChange === true ? ('primary' as const) : ('plain' as const)
    return whole === undefined ? [] : [{ label: label.slice(0, 40).toWellFormed(), words: whole, style }]
  })
  const own = [
    ...(acknowledged === undefined ? [{ label: 'Acknowledge', words: `alert acknowledge ${request}`, style: 'plain' as const }] : []),
    ...(isSilenced(notice, now) ? [] : [{ label: 'Silence 1 h', words: `alert silence ${request} for:1h`, style: 'plain' as const }]),
  ]
  return [...said, ...own].map(({ label, words, style }) => ({ label, style, press: { kind: 'say' as const, request, words } }))
}

const longestWords = 80

/**
 * The words with their host, or nothing: what a host offers is about itself alone. Otherwise one that fell could have people, by a
 * friendly label, do something on another host or approve what waits.
 */
function wordsFor(words: string, host: string, { commands, hosts }: Sayable): string | undefined {
  const named = hostNamedBy(words, commands)?.host
  const whole = named === 'none' && hosts > 1 ? `${words} host:${host}` : words
  const meant = whole === words ? named : hostNamedBy(whole, commands)?.host
  const isItsOwn = meant === host || (meant === 'none' && hosts <= 1)
  return isItsOwn && whole.length <= longestWords && !/[\r\n]/.test(whole) ? whole : undefined
}

/** Undefined where they are no command for a host, whole as they stand. */
function hostNamedBy(words: string, commands: readonly Command[]): { host: string; isChange: boolean } | undefined {
  try {
    const { command, given } = understand({ kind: 'text', text: words }, commands)
    if (command.risk === 'bot') return undefined
    return { host: parseArguments(command, given()).host ?? 'none', isChange: command.risk === 'change' }
  } catch {
    return undefined
  }
}
