import { z } from 'zod'
import type { Action } from '../../core/step.ts'
import { type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { modeOf, readExactly } from './old-file.ts'

const beforeSchema = z.strictObject({ stood: z.boolean(), behind: z.string(), absent: z.boolean() })

/** One line of a file that is not ours alone: the other lines are not ours to say. */
export function lineEffect({ shell }: EffectDeps, { path, line, on }: Extract<Action, { kind: 'line' }>): Effect {
  const read = async () => linesOf((await readExactly(shell, path)) ?? '')
  const write = async (lines: readonly string[]) =>
    shell.writeFile(path, lines.map((one) => `${one}\n`).join(''), await modeOf(shell, path))
  return {
    capture: async () => {
      const lines = await read()
      const at = lines.indexOf(line)
      const absent = (await shell.stat(path)) === undefined
      return JSON.stringify({ stood: at !== -1, behind: lines[at - 1] ?? '', absent } satisfies z.infer<typeof beforeSchema>)
    },
    perform: async () => {
      const lines = await read()
      if (lines.includes(line) === on) return
      await write(on ? [...lines, line] : lines.filter((one) => one !== line))
    },
    check: async () => ((await read()).includes(line) === on ? 'done' : 'not'),
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      const lines = await read()
      if (old === undefined || lines.includes(line) === old.stood) return
      const rest = lines.filter((one) => one !== line)
      if (old.absent && rest.length === 0) return shell.removeFile(path)
      await write(old.stood ? lines.toSpliced(lines.lastIndexOf(old.behind) + 1, 0, line) : rest)
    },
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
