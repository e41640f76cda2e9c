import { JailopsError } from '../../core/errors.ts'
import { createEnds, keptOf } from '../shell/output.ts'
import { terminateGroup, waitForEnd } from '../shell/processes.ts'
import type { ShellCommand, ShellResult } from '../shell.ts'
import { type Answer, type Asked, ask, dismiss, endWithLock, type Refusals, refusal, send } from './ask.ts'
import { brokenOff, type Connection, lostError } from './connection.ts'
import { sshGroups } from './groups.ts'

const notRun: ShellResult = { exitCode: undefined, stdout: '', stderr: '', timedOut: false, truncated: false }

/**
 * Runs a command on the host. An exit code above 128 is taken for a signal, as sh tells it: there is no telling them apart.
 * @throws connection_lost: it may be running, or have run
 */
export async function runOverSsh(connection: Connection, command: ShellCommand, refusals: Refusals): Promise<ShellResult> {
  const { argv, stdin, groupFile = '' } = command
  const [name] = argv
  if (name === undefined) throw new JailopsError('step_failed', 'There is no command to start: the argv is empty.')
  const out = createEnds()
  const err = createEnds()
  if (command.signal?.aborted) return notRun
  const { signal } = command
  const request = { operation: 'run', words: [groupFile, ...argv], signal, ...(stdin !== undefined && { content: stdin }) }
  const asked = await send(connection, request, out.add, err.add).catch((error: unknown) => {
    if (signal?.aborted) return undefined
    throw error
  })
  if (asked === undefined) return notRun
  const { ending, timedOut } = endingAsTold(connection, command, asked, refusals)
  try {
    const words = await Promise.race([asked.answer, ending.failed])
    if (words === undefined) {
      if (groupFile !== '') return { ...(await whatIsLeft(connection, asked, groupFile, refusals)), timedOut: timedOut() }
      // of a probe nothing is left but what came
      if (!timedOut() && signal?.aborted !== true) throw await brokenOff(connection, refusals.address)
      if (!(await waitForEnd(sshGroups(connection, refusals).processes, asked.hello.group, 5000))) throw lostError(refusals.address)
      const truncated = out.truncated() || err.truncated()
      return { exitCode: undefined, stdout: out.text(), stderr: err.text(), timedOut: timedOut(), truncated }
    }
    const [word = '', outSize, errSize] = words
    endWithLock(connection, word)
    if (!/^\d+$/.test(word)) throw refusedRun(word, out.text(), err.text(), name, refusals)
    if (groupFile !== '' && outSize !== undefined) await acknowledge(asked)
    await ending.done()
    const kept = (ends: typeof out, size: string | undefined) =>
      size === undefined ? { text: ends.text(), truncated: ends.truncated() } : keptOf(ends.bytes(), Number(size))
    const [stdoutKept, stderrKept] = [kept(out, outSize), kept(err, errSize)]
    const exitCode = Number(word)
    refuseUnstarted(exitCode, stdoutKept.text, stderrKept.text, name)
    return {
      exitCode: exitCode > 128 ? undefined : exitCode,
      stdout: stdoutKept.text,
      stderr: stderrKept.text,
      timedOut: timedOut(),
      truncated: stdoutKept.truncated || stderrKept.truncated,
    }
  } finally {
    ending.settle()
    dismiss(asked.session)
  }
}

/** The time limit and the abort end the whole group, by another session. */
function endingAsTold(connection: Connection, { timeoutSeconds, signal }: ShellCommand, { hello, answer }: Asked, refusals: Refusals) {
  const { processes } = sshGroups(connection, refusals)
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  let ended: Promise<void> | undefined
  let isLate = false
  const end = () => {
    ended ??= terminateGroup(processes, hello.group)
    ended.catch(failed.reject)
  }
  const late = () => {
    isLate = true
    end()
  }
  const timer = setTimeout(late, Math.min(timeoutSeconds * 1000, 2 ** 31 - 1))
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  const settle = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
  void answer.then(settle)
  return { timedOut: () => isLate, ending: { failed: failed.promise, done: async () => ended, settle } }
}

/**
 * The agent keeps the group file until we say that we have the end. When the connection is lost just then, the file may stay or be gone; the
 * end is known all the same.
 */
async function acknowledge(asked: Asked): Promise<void> {
  const gone = asked.again()
  asked.session.input.write('taken\n')
  await gone
}

/** The agent ended without an answer: it was killed together with its program, or we only lost sight of both. */
async function whatIsLeft(connection: Connection, { id, hello }: Asked, groupFile: string, refusals: Refusals): Promise<ShellResult> {
  const { processes } = sshGroups(connection, refusals)
  if (!(await waitForEnd(processes, hello.group, 5000))) throw lostError(refusals.address)
  const answer = await ask(connection, refusals.address, {
    operation: 'collect',
    words: [id, groupFile, String(hello.group)],
    urgent: true,
  })
  if (answer.word !== 'ok') throw refusal(answer, 'collect what a command left', groupFile, refusals)
  const [outSize, errSize] = answer.rest.map(Number)
  const [out, err] = [keptOf(answer.payload, outSize ?? 0), keptOf(Buffer.from(answer.complaint), errSize ?? 0)]
  return { exitCode: undefined, stdout: out.text, stderr: err.text, timedOut: false, truncated: out.truncated || err.truncated }
}

function refusedRun(word: string, payload: string, complaint: string, name: string, refusals: Refusals): JailopsError {
  const answer: Answer = { word, rest: [], payload: Buffer.from(payload), complaint }
  return refusal(answer, `start ${name}`, name, refusals)
}

/** env says why it could not start the program; nothing has run. */
function refuseUnstarted(exitCode: number, stdout: string, stderr: string, name: string): void {
  if ((exitCode !== 126 && exitCode !== 127) || stdout !== '') return
  const why = /^(?:\/usr\/bin\/)?env: [^\n]*: ([^:\n]+)\n$/.exec(stderr)?.[1]
  if (why !== undefined) throw new JailopsError('step_failed', `${name} could not be started: ${why}.`)
}
