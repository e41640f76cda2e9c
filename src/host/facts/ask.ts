import { JailopsError, passLostConnection, toJailopsError } from '../../core/errors.ts'
import type { Shell, ShellResult } from '../shell.ts'

/*
 * Observation asks the host's own tools. A tool that is missing, hangs or fails gives no answer, and no answer is never taken for an
 * empty one: a plan made on "there are no jails" would choose an address that somebody has.
 */

/** Runs a tool to its end; what it exited with is for the caller to judge. @throws host_not_ready when it gave no usable answer at all */
export async function ask(shell: Shell, argv: readonly string[], timeoutSeconds = 30): Promise<ShellResult> {
  const result = await askLong(shell, argv, { timeoutSeconds })
  if (result.truncated) throw notReady(argv, 'its answer was too long to be kept whole')
  return result
}

/** The same, where an answer that is too long to be kept whole is known what to do about. */
export async function askLong(
  shell: Shell,
  argv: readonly string[],
  { stdin, timeoutSeconds = 30 }: { stdin?: string; timeoutSeconds?: number } = {},
): Promise<ShellResult> {
  const result = await shell.run({ argv, timeoutSeconds, ...(stdin !== undefined && { stdin }) }).catch((error: unknown) => {
    passLostConnection(error)
    throw notReady(argv, toJailopsError(error).message, error)
  })
  if (result.timedOut) throw notReady(argv, `it gave no answer within ${timeoutSeconds} s`)
  if (result.exitCode === undefined) throw notReady(argv, 'it was ended by a signal')
  // what sh and the process wrapper say of a program that is not there
  if (result.exitCode === 127 || result.exitCode === 126) throw notReady(argv, lastLine(result.stderr) || 'it is not installed')
  return result
}

/** What a tool that must succeed printed. @throws host_not_ready */
export async function askText(shell: Shell, argv: readonly string[], timeoutSeconds?: number): Promise<string> {
  const { exitCode, stdout, stderr } = await ask(shell, argv, timeoutSeconds)
  if (exitCode !== 0) throw notReady(argv, lastLine(stderr) || `it ended with ${exitCode}`)
  return stdout
}

export function notReady(argv: readonly string[], why: string, cause?: unknown): JailopsError {
  const [tool = 'a tool'] = argv
  return new JailopsError(
    'host_not_ready',
    `The host could not be observed: ${tool} failed (${why}). Try \`${argv.map(visible).join(' ')}\` on the host.`,
    { cause },
  )
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}

function visible(word: string): string {
  return word.replaceAll('\u001f', '|')
}
