import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { checkMapWords, createHaproxySocket } from '../../host/proxy/socket.ts'
import { changedSince, type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { lineOf, valueIn, withEntry, withLineBack } from './map-text.ts'
import { modeOf, readExactly } from './old-file.ts'

const beforeSchema = z.strictObject({ value: z.string().nullable() })
const fileBeforeSchema = beforeSchema.extend({
  absent: z.boolean().optional(),
  line: z.strictObject({ raw: z.string(), behind: z.string() }).optional(),
})

function keep(value: string | undefined): string {
  return JSON.stringify({ value: value ?? null } satisfies z.infer<typeof beforeSchema>)
}

/** One line of a map file, which HAProxy reads at its next start. */
export function mapEntryEffect({ shell }: EffectDeps, { path, key, value }: Extract<Action, { kind: 'map-entry' }>): Effect {
  const read = async () => (await readExactly(shell, path)) ?? ''
  const write = async (change: (text: string) => string) => {
    const text = await read()
    const changed = change(text)
    if (changed !== text) await shell.writeFile(path, changed, await modeOf(shell, path))
  }
  return {
    capture: async () => {
      const text = await read()
      const absent = (await shell.stat(path)) === undefined
      return JSON.stringify({ value: valueIn(text, key) ?? null, line: lineOf(text, key), absent } satisfies z.infer<
        typeof fileBeforeSchema
      >)
    },
    perform: async () => {
      if (!isMark(key, value)) checkMapWords(key, value)
      await write((text) => withEntry(text, key, value))
    },
    check: async () => {
      const text = await read()
      return withEntry(text, key, value) === text ? 'done' : 'not'
    },
    revert: async (before) => {
      const old = parseBefore(fileBeforeSchema, before)
      if (old === undefined) return
      const now = valueIn(await read(), key) ?? null
      if (now === old.value) return
      if (now !== value) throw changedSince(`The line of ${key} in ${path}`)
      if (old.absent === true && withEntry(await read(), key, null) === '') return shell.removeFile(path)
      await write((text) => (now === null && old.line !== undefined ? withLineBack(text, old.line) : withEntry(text, key, old.value)))
    },
  }
}

/** A line of the marks file (host/marks.ts), which HAProxy never reads: an encoded word behind `MANAGER/NAME`. */
function isMark(key: string, value: string | null): boolean {
  return /^[a-z.]+\/[A-Za-z0-9._-]+$/.test(key) && (value === null || /^[A-Za-z0-9._*+%&=-]+$/.test(value))
}

/** The same entry in the running HAProxy, which reads its files only when it starts. */
export function haproxyMapEffect({ shell }: EffectDeps, action: Extract<Action, { kind: 'haproxy-map' }>): Effect {
  const { map, key, value } = action
  const haproxy = createHaproxySocket(shell, action.socket)
  const set = (wanted: string | null) => (wanted === null ? haproxy.deleteMapEntry(map, key) : haproxy.setMapEntry(map, key, wanted))
  return {
    capture: async () => {
      const old = await haproxy.mapValue(map, key)
      checkMapWords(key, old ?? null) // or it could not be put back
      return keep(old)
    },
    perform: () => set(value),
    check: async () => ((await haproxy.mapValue(map, key)) === (value ?? undefined) ? 'done' : 'not'),
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      if (old === undefined) return
      const now = await haproxy.mapValue(map, key).catch(notRunning)
      if (now === 'not running' || (now ?? null) === old.value) return
      if ((now ?? null) !== value) throw changedSince(`The entry of ${key} in the running HAProxy`)
      await set(old.value)
    },
  }
}

/** An HAProxy that does not run has no entries; it will start from the files, which are put back by steps of their own. */
function notRunning(error: unknown): 'not running' {
  if (error instanceof JailopsError && error.code === 'host_not_ready') return 'not running'
  throw error
}
