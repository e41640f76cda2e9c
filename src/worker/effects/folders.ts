import { z } from 'zod'
import type { Action } from '../../core/step.ts'
import type { Shell } from '../../host/shell.ts'
import { type Effect, type EffectDeps, nothingToKeep, parseBefore, type Standing } from './effect.ts'
import { modeOf } from './old-file.ts'

const beforeSchema = z.strictObject({ mode: z.int().nullable() })

/** The folder's mode, or null where there was none. */
async function captureFolder(shell: Shell, path: string): Promise<string> {
  const mode = (await shell.stat(path)) === undefined ? null : await modeOf(shell, path)
  return JSON.stringify({ mode } satisfies z.infer<typeof beforeSchema>)
}

export function folderEffect({ shell }: EffectDeps, { path, mode }: Extract<Action, { kind: 'folder' }>): Effect {
  return {
    capture: () => captureFolder(shell, path),
    perform: () => shell.makeFolder(path, mode),
    check: async () => ((await shell.stat(path))?.kind === 'folder' ? 'done' : 'not'),
    revert: async (before) => {
      // One that stood before is not ours to take away.
      if (parseBefore(beforeSchema, before)?.mode === null) await shell.removeFolder(path)
    },
  }
}

export function removeFolderEffect({ shell }: EffectDeps, { path }: Extract<Action, { kind: 'remove-folder' }>): Effect {
  return {
    capture: () => captureFolder(shell, path),
    perform: () => shell.removeFolder(path),
    check: async () => ((await shell.stat(path)) === undefined ? 'done' : 'not'),
    revert: async (before) => {
      const mode = parseBefore(beforeSchema, before)?.mode
      if (mode !== undefined && mode !== null) await shell.makeFolder(path, mode)
    },
  }
}

/** A rename. Nothing need be kept: where the thing is says whether it was moved. */
export function moveEffect({ shell }: EffectDeps, { from, to }: Extract<Action, { kind: 'move' }>): Effect {
  const check = async (): Promise<Standing> => {
    const isThere = (await shell.stat(from)) !== undefined
    const hasArrived = (await shell.stat(to)) !== undefined
    if (isThere === hasArrived) return 'half'
    return hasArrived ? 'done' : 'not'
  }
  return {
    ...nothingToKeep,
    perform: () => shell.move(from, to),
    check,
    revert: async () => {
      if ((await check()) === 'done') await shell.move(to, from)
    },
  }
}
