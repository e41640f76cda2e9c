import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import type { Shell } from '../../host/shell.ts'
import type { Effect, EffectDeps } from './effect.ts'
import { captureFile, refuseForeign, restoreFile } from './old-file.ts'
import { howItEnded, lastWords } from './words.ts'

type Write = Extract<Action, { kind: 'write' }>

/** A whole file of our own, seen by nobody before its checker has passed it. */
export function writeEffect({ shell }: EffectDeps, action: Write): Effect {
  const { path, content, mode } = action
  return {
    capture: async () => {
      await refuseForeign(shell, path, content)
      return captureFile(shell, path)
    },
    perform: async () => {
      const status = await shell.stat(path)
      if (status !== undefined && status.kind !== 'file') {
        throw new JailopsError('step_failed', `${path} is there already and is no file (a ${status.kind}); jailops does not replace it.`)
      }
      if (action.check !== undefined) await checkStaged(shell, action, action.check)
      await shell.writeFile(path, content, mode)
    },
    check: async () => ((await shell.readFile(path)) === content ? 'done' : 'not'),
    revert: async (before) => {
      await removeOwnStaged(shell, action)
      await restoreFile(shell, path, before, content)
    },
  }
}

/** Ends in `.new`: no *.conf or *.cfg pattern reads it meanwhile. */
function stagedPath({ path }: Pick<Write, 'path'>): string {
  return `${path}.new`
}

export async function checkStaged(
  shell: Shell,
  action: Pick<Write, 'path' | 'content' | 'mode' | 'check'>,
  check: readonly string[],
): Promise<void> {
  const staged = stagedPath(action)
  await removeOwnStaged(shell, action)
  if ((await shell.stat(staged)) !== undefined) {
    throw new JailopsError('step_failed', `${staged} is in the way and is not from jailops; look at it and move it elsewhere.`)
  }
  await shell.writeFile(staged, action.content, action.mode)
  try {
    const argv = check.map((word) => (word === '{staged}' ? staged : word))
    const result = await shell.run({ argv, timeoutSeconds: 30 })
    if (result.exitCode === 0 && !result.timedOut) return
    const words = lastWords(result).replaceAll(staged, action.path)
    throw new JailopsError('config_invalid', `${argv[0]} ${howItEnded(result)} on the new ${action.path}: ${words}`)
  } finally {
    await shell.removeFile(staged)
  }
}

/** One that a crash of ours left: it has our content, for it was written in one piece. */
export async function removeOwnStaged(shell: Shell, action: Pick<Write, 'path' | 'content' | 'check'>): Promise<void> {
  const staged = stagedPath(action)
  const isFile = action.check !== undefined && (await shell.stat(staged))?.kind === 'file'
  if (isFile && (await shell.readFile(staged)) === action.content) await shell.removeFile(staged)
}

export function removeEffect({ shell }: EffectDeps, { path }: Extract<Action, { kind: 'remove' }>): Effect {
  return {
    capture: () => captureFile(shell, path),
    perform: () => shell.removeFile(path),
    check: async () => ((await shell.stat(path)) === undefined ? 'done' : 'not'),
    revert: (before) => restoreFile(shell, path, before, undefined),
  }
}
