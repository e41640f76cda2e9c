import { z } from 'zod'
import type { Action } from '../../core/step.ts'
import { changedSince, type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { edited } from './edit-text.ts'
import { modeOf, readExactly } from './old-file.ts'
import { checkStaged, removeOwnStaged } from './write.ts'

const beforeSchema = z.strictObject({ text: z.string().nullable(), mode: z.int() })

/** Changes in a file that somebody else made and reads. Taken back only while nobody has written it since. */
export function editEffect({ shell }: EffectDeps, { path, edits, check }: Extract<Action, { kind: 'edit' }>): Effect {
  return {
    capture: async () =>
      JSON.stringify({ text: (await readExactly(shell, path)) ?? null, mode: await modeOf(shell, path) } satisfies z.infer<
        typeof beforeSchema
      >),
    perform: async () => {
      const now = await readExactly(shell, path)
      const content = edited(now ?? '', edits)
      if (content === now) return
      const mode = await modeOf(shell, path)
      if (check !== undefined) await checkStaged(shell, { path, content, mode, check }, check)
      await shell.writeFile(path, content, mode)
    },
    check: async () => {
      const now = await readExactly(shell, path)
      return now !== undefined && edited(now, edits) === now ? 'done' : 'not'
    },
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      if (old === undefined) return
      const ours = edited(old.text ?? '', edits)
      await removeOwnStaged(shell, { path, content: ours, ...(check !== undefined && { check }) })
      const now = await readExactly(shell, path)
      if (now === (old.text ?? undefined)) return
      if (now !== ours) throw changedSince(path)
      if (old.text === null) await shell.removeFile(path)
      else await shell.writeFile(path, old.text, old.mode)
    },
  }
}
