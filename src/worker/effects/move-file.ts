import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { changedSince, type Effect, type EffectDeps, parseBefore, type Standing } from './effect.ts'
import { modeOf, readExactly } from './old-file.ts'

const beforeSchema = z.strictObject({ content: z.string(), mode: z.int() })

/** A small text file to another place, which may lie on another filesystem: /etc is not where jails are on a host with ZFS. */
export function moveFileEffect({ shell }: EffectDeps, { from, to }: Extract<Action, { kind: 'move-file' }>): Effect {
  const check = async (): Promise<Standing> => {
    const isThere = (await shell.stat(from)) !== undefined
    const hasArrived = (await shell.stat(to)) !== undefined
    if (isThere === hasArrived) return 'half'
    return hasArrived ? 'done' : 'not'
  }
  return {
    capture: async () => {
      const content = await readExactly(shell, from)
      if (content === undefined) throw new JailopsError('step_failed', `${from} is not there (any more).`)
      return JSON.stringify({ content, mode: await modeOf(shell, from) } satisfies z.infer<typeof beforeSchema>)
    },
    perform: async () => {
      if ((await shell.stat(to)) !== undefined) throw new JailopsError('step_failed', `${to} is there already; nothing is put over it.`)
      const content = await readExactly(shell, from)
      if (content === undefined) throw new JailopsError('step_failed', `${from} is not there (any more).`)
      await shell.writeFile(to, content, await modeOf(shell, from))
      await shell.removeFile(from)
    },
    check,
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      if (old === undefined) return
      const [source, target] = await Promise.all([shell.readFile(from), shell.readFile(to)])
      if (source === undefined) await shell.writeFile(from, old.content, old.mode)
      else if (source !== old.content) throw changedSince(from)
      // what stood there before us, and is something else, stays
      if (target === old.content) await shell.removeFile(to)
    },
  }
}
