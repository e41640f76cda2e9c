import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import type { Shell } from '../../host/shell.ts'
import { type Effect, type EffectDeps, parseBefore, type Standing } from './effect.ts'
import { modeOf, readExactly } from './old-file.ts'

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

const moveBeforeSchema = z.strictObject({ wasFree: z.boolean() })

/**
 * A rename; where the thing is says whether it was moved. A single file goes to another filesystem too (a jail's file in /etc, the trash on a
 * dataset): as a copy that is whole before the old one is removed, so that what is killed between the two leaves it twice.
 */
export function moveEffect({ shell }: EffectDeps, { from, to }: Extract<Action, { kind: 'move' }>): Effect {
  const check = async (): Promise<Standing> => {
    const isThere = (await shell.stat(from)) !== undefined
    const hasArrived = (await shell.stat(to)) !== undefined
    if (isThere === hasArrived) return 'half'
    return hasArrived ? 'done' : 'not'
  }
  return {
    capture: async () => JSON.stringify({ wasFree: (await shell.stat(to)) === undefined } satisfies z.infer<typeof moveBeforeSchema>),
    perform: () => moveOrCopy(shell, from, to),
    check,
    revert: async (before) => {
      // what stood there before us is somebody else's: with nothing to move it would look as if it had arrived
      if (parseBefore(moveBeforeSchema, before)?.wasFree === false) return
      const standing = await check()
      if (standing === 'done') await moveOrCopy(shell, to, from)
      else if (before !== null && standing === 'half' && (await isTwice(shell, from, to))) await shell.removeFile(to)
    },
  }
}

async function moveOrCopy(shell: Shell, from: string, to: string): Promise<void> {
  try {
    await shell.move(from, to)
  } catch (error) {
    const isElsewhere = error instanceof JailopsError && error.code === 'other_filesystem'
    const status = isElsewhere ? await shell.stat(from) : undefined
    const text = status?.kind === 'file' ? await readExactly(shell, from) : undefined
    if (text === undefined) throw error
    await shell.writeFile(to, text, await modeOf(shell, from))
    await shell.removeFile(from)
  }
}

async function isTwice(shell: Shell, from: string, to: string): Promise<boolean> {
  const kinds = await Promise.all([from, to].map(async (path) => (await shell.stat(path))?.kind))
  if (kinds.some((kind) => kind !== 'file')) return false
  return (await shell.readFile(from)) === (await shell.readFile(to))
}
