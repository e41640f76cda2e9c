import type { Finding } from '../../core/finding.ts'
import type { Layout } from '../../core/layout.ts'
import type { SshTarget } from '../../core/ssh-target.ts'
import { ask } from '../facts/ask.ts'
import type { Shell, ShellResult } from '../shell.ts'

/** What a check looks with. It only ever reads. */
export interface Look {
  shell: Shell
  layout: Layout
  /** Our clock, in milliseconds since 1970. */
  now(): number
  /** Set when the host is looked at from another machine. */
  target?: SshTarget
  /** Redis's clock, in milliseconds since 1970: bot and worker meet there. */
  redisTime?(): Promise<number>
  /** The names in the host's program folders; looked up once for all subjects. */
  programs(): Promise<ReadonlySet<string>>
}

/** What a subject saw; checkHost puts the subject's name to it. */
export type Seen = Omit<Finding, 'subject'>

/** No tool that only tells something takes longer; one that hangs must not hold up the whole check. */
const timeoutSeconds = 15

/** @throws host_not_ready when it gave no usable answer at all */
export async function answerOf({ shell }: Look, ...argv: string[]): Promise<ShellResult> {
  return ask(shell, argv, timeoutSeconds)
}

/** More of a tool's answer than this is nothing to build a sentence on. */
const longestShown = 160

/** A host's own words, as they may stand in a sentence: the first line, without what is invisible or turns the direction of text. */
export function shown(text: string, longest = longestShown): string {
  const line = text
    .slice(0, 4096)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, (run) => (/[\n\r\u2028\u2029]/.test(run) ? '\n' : ' '))
    .trim()
    .split('\n', 1)[0]
  const plain = line?.trim() ?? ''
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain
}

/** What a tool that did not answer as expected said, for a sentence. */
export function itSaid({ exitCode, stdout, stderr }: ShellResult): string {
  const words = (shown(stderr) || shown(stdout)).replace(/\.$/, '')
  return `it ended with ${exitCode ?? 'a signal'}${words === '' ? '' : `: ${words}`}`
}

export function good(says: string): Seen {
  return { state: 'good', says }
}

export function lacks(says: string, ...remedy: string[]): Seen {
  return { state: 'lacks', says, ...(remedy.length > 0 && { remedy }) }
}

export function warning(says: string, ...remedy: string[]): Seen {
  return { state: 'warning', says, ...(remedy.length > 0 && { remedy }) }
}

export function unknown(says: string, ...remedy: string[]): Seen {
  return { state: 'unknown', says, ...(remedy.length > 0 && { remedy }) }
}
