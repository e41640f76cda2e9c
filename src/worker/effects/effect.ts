import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Shell } from '../../host/shell.ts'
import type { Reloads } from '../reloads.ts'

export interface EffectDeps {
  shell: Shell
  sleep: (milliseconds: number) => Promise<void>
  now: () => number
  /** Of HAProxy, which all requests of this host share. */
  reloads: Reloads
  /** Where whole copies of configurations are put together and checked; its parent must exist. */
  stagingFolder: string
}

export type Standing = 'done' | 'not' | 'half'

export interface RunOptions {
  groupFile: string
  signal?: AbortSignal
  /** Told what a step that shows its output printed, as it is, also where it then fails. */
  heard?(output: string): void
  /** Takes what only whoever asked may see; absent where nobody could be shown it. */
  confide?(secret: string): void
}

/** One action, ready to be carried out. Revert takes back what capture saw, may be called twice, and never undoes somebody else's change. */
export interface Effect {
  capture(): Promise<string | null>
  /** Absent: capture, and nothing else before perform. */
  begin?(): Promise<Begun>
  perform(options: RunOptions): Promise<void>
  check(): Promise<Standing>
  revert(before: string | null, options: RunOptions): Promise<void>
  /** Absent: nothing takes its time after revert. Waits for what does, in nobody's way, and goes on without it where it takes too long. */
  restored?(before: string | null): Promise<void>
}

/**
 * A step that is begun for the first time. What nobody sees yet, such as a draft beside a file, is being made while `before` goes to the
 * journal; perform makes it seen. One of the two is called.
 */
export interface Begun {
  before: string | null
  perform(options: RunOptions): Promise<void>
  /** What was performed outlives a power cut: only then may the step be called done. */
  settled(): Promise<void>
  callOff(): Promise<void>
}

/** For actions that leave nothing behind, or whose undo is a list of commands. */
export const nothingToKeep = {
  capture: async () => null,
  revert: async () => undefined,
}

/** What our own journal kept; null when it kept nothing, because the action was never begun. */
export function parseBefore<T>(schema: z.ZodType<T>, before: string | null): T | undefined {
  if (before === null) return undefined
  try {
    return schema.parse(JSON.parse(before))
  } catch (error) {
    throw new JailopsError('undo_failed', 'What the journal kept of the former state cannot be read; restore it by hand.', { cause: error })
  }
}

export function changedSince(what: string): JailopsError {
  return new JailopsError('undo_failed', `${what} was changed by somebody else in the meantime; jailops leaves it as it is now.`)
}
