import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { withBootWord, withoutBootChange, wordsOf } from './boot-words.ts'
import { type Effect, type EffectDeps, parseBefore, type RunOptions } from './effect.ts'
import { runOrThrow } from './run.ts'

const beforeSchema = z.strictObject({ value: z.string().nullable() })

/** A name in the boot list. sysrc writes; whether it did is read back. */
export function bootWordEffect(deps: EffectDeps, { name, on, whenEmpty }: Extract<Action, { kind: 'boot-word' }>): Effect {
  const read = async (): Promise<string | undefined> => {
    const result = await deps.shell.run({ argv: ['sysrc', '-n', 'jail_list'], timeoutSeconds: 30 })
    return result.exitCode === 0 ? result.stdout.replace(/\n$/, '') : undefined
  }
  const write = async (value: string | undefined, options: RunOptions) => {
    const argv = value === undefined ? ['sysrc', '-x', 'jail_list'] : ['sysrc', `jail_list=${value}`]
    await runOrThrow(deps, { kind: 'run', argv, timeoutSeconds: 30 }, options)
    if (((await read()) ?? '') !== (value ?? ''))
      throw new JailopsError('step_failed', 'sysrc reported success, but jail_list in rc.conf is not as it was told.')
  }
  const stands = async () => wordsOf(await read()).includes(name) === on
  return {
    capture: async () => JSON.stringify({ value: (await read()) ?? null } satisfies z.infer<typeof beforeSchema>),
    perform: async (options) => {
      const now = await read()
      const wanted = withBootWord(now, name, on, whenEmpty)
      if (wanted !== now) await write(wanted, options)
    },
    check: async () => ((await stands()) ? 'done' : 'not'),
    revert: async (before, options) => {
      const old = parseBefore(beforeSchema, before)
      if (old === undefined) return
      const now = await read()
      const wanted = withoutBootChange(now, old.value ?? undefined, name)
      if (wanted !== now) await write(wanted, options)
    },
  }
}
