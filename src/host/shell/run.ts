import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { JailopsError } from '../../core/errors.ts'
import type { ShellCommand, ShellResult } from '../shell.ts'
import { environment } from './environment.ts'
import { forgetGroup } from './group-files.ts'
import { keepEnds } from './output.ts'
import { localProcesses, terminateGroup } from './processes.ts'
import { findProgram } from './program.ts'
import { errorWords } from './system-error.ts'
import { wrapArgv } from './wrapper.ts'

export interface RunOptions {
  programFolders: readonly string[]
  /** May an absolute argv[0] lie outside the program folders? */
  mayLeaveFolders: boolean
  /** How long to go on reading after the command itself has ended, when something that it left behind keeps its output open. */
  groupWaitMilliseconds: number
}

/** Starts argv as leader of its own process group and waits for it; a time limit or an abort ends the whole group. */
export async function runCommand(command: ShellCommand, options: RunOptions): Promise<ShellResult> {
  const [name, ...words] = command.argv
  if (name === undefined) throw new JailopsError('step_failed', 'There is no command to start: the argv is empty.')
  const argv = [await findProgram(name, options.programFolders, options.mayLeaveFolders), ...words]
  if (command.signal?.aborted) return { exitCode: undefined, stdout: '', stderr: '', timedOut: false, truncated: false }
  const child = start(command.groupFile === undefined ? argv : wrapArgv(command.groupFile, argv), command.stdin, options.programFolders)
  const { pid } = child
  if (pid === undefined) {
    throw new JailopsError('step_failed', `${name} could not be started: ${errorWords((await child).cause)}.`)
  }
  const result = await waitWithin(child, pid, command, options.groupWaitMilliseconds)
  if (command.groupFile !== undefined) await forgetGroup(command.groupFile, pid)
  return result
}

/** What we use of execa's subprocess. */
interface Child extends PromiseLike<{ exitCode?: number | undefined; cause?: unknown }> {
  pid?: number | undefined
  stdout: Readable
  stderr: Readable
  nodeChildProcess: ChildProcess
}

const fixedOptions = {
  reject: false,
  buffer: false,
  stdout: 'pipe',
  stderr: 'pipe',
  encoding: 'buffer',
  shell: false,
  detached: true, // a session and a process group of its own
  cleanup: false, // a command outlives us; its group file tells the next worker
  extendEnv: false,
  cwd: '/',
} as const

function start(argv: readonly string[], stdin: string | undefined, programFolders: readonly string[]): Child {
  const [file = '', ...words] = argv
  const env = environment(programFolders)
  try {
    return stdin === undefined
      ? execa(file, words, { ...fixedOptions, env, stdin: 'ignore' })
      : execa(file, words, { ...fixedOptions, env, stdin: 'pipe', input: stdin })
  } catch (error) {
    throw new JailopsError('step_failed', `${file} could not be started: ${errorWords(error)}.`, { cause: error })
  }
}

async function waitWithin(child: Child, group: number, command: ShellCommand, outputWait: number): Promise<ShellResult> {
  const stdout = keepEnds(child.stdout)
  const stderr = keepEnds(child.stderr)
  const ending = Promise.withResolvers<never>()
  let ended: Promise<void> | undefined
  let timedOut = false
  const end = () => {
    ended ??= terminateGroup(localProcesses, group)
    ended.catch(ending.reject)
  }
  const timer = setTimeout(
    () => {
      timedOut = true
      end()
    },
    Math.min(command.timeoutSeconds * 1000, 2 ** 31 - 1),
  )
  command.signal?.addEventListener('abort', end, { once: true })
  const settle = () => {
    clearTimeout(timer)
    command.signal?.removeEventListener('abort', end)
  }
  let release: NodeJS.Timeout | undefined
  child.nodeChildProcess.once('exit', () => {
    settle()
    // A daemon that it started may hold the pipes for ever: the command has ended all the same.
    release = setTimeout(() => {
      child.stdout.destroy()
      child.stderr.destroy()
    }, outputWait)
  })
  try {
    const { exitCode } = await Promise.race([child, ending.promise])
    await ended
    return { exitCode, stdout: stdout.text(), stderr: stderr.text(), timedOut, truncated: stdout.truncated() || stderr.truncated() }
  } finally {
    settle()
    clearTimeout(release)
  }
}
