import { stripVTControlCharacters } from 'node:util'
import { redact } from '../../core/redact.ts'
import type { ShellResult } from '../../host/shell.ts'

const mostLines = 5
const mostCharacters = 600

/** The tool's own last words, short enough for a sentence; most tools complain on stderr, a few on stdout. */
export function lastWords({ stderr, stdout }: Pick<ShellResult, 'stderr' | 'stdout'>): string {
  const lines = linesOf(stderr)
  // before anything is cut off: half a secret, or one without its name, is not told from other words
  const text = redact((lines.length > 0 ? lines : linesOf(stdout)).join('\n'))
    .split('\n')
    .slice(-mostLines)
    .join('\n')
  if (text === '') return 'it said nothing'
  return text.length > mostCharacters ? `…${text.slice(-mostCharacters)}` : text
}

function linesOf(text: string): string[] {
  return stripVTControlCharacters(text)
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
}

/** How a command came to its end, for the middle of a sentence. */
export function howItEnded(result: ShellResult): string {
  if (result.timedOut) return 'did not end in time and was stopped'
  return result.exitCode === undefined ? 'was ended by a signal' : `failed with exit code ${result.exitCode}`
}
