import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { checkMapWords } from '../../host/proxy/maps.ts'
import { createHaproxySocket } from '../../host/proxy/socket.ts'
import { type Begun, changedSince, type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { entryIn, type MapEntry, valueIn, withEntry, withLineBack } from './map-text.ts'
import { modeOf, readExactly } from './old-file.ts'

const fileBeforeSchema = z.strictObject({
  value: z.string().nullable(),
  absent: z.boolean().optional(),
  line: z.strictObject({ raw: z.string(), behind: z.string() }).optional(),
})

interface MapEntryEffect extends Effect {
  begin(): Promise<Begun>
}

/** One line of a map file, which HAProxy reads at its next start. */
export function mapEntryEffect({ shell }: EffectDeps, { path, key, value }: Extract<Action, { kind: 'map-entry' }>): MapEntryEffect {
  const read = async () => (await readExactly(shell, path)) ?? ''
  const check = () => {
    if (!isMark(key, value)) checkMapWords(key, value)
  }
  const write = async (change: (text: string) => string) => {
    const [text, mode] = await Promise.all([read(), modeOf(shell, path)])
    const changed = change(text)
    if (changed !== text) await shell.writeFile(path, changed, mode)
  }
  const begun = (before: string, draft: Promise<void> | undefined): Begun => {
    // that it failed is heard when it is placed
    draft?.catch(() => undefined)
    let settling: Promise<void> | undefined
    return {
      before,
      perform: async () => {
        if (draft === undefined) return
        await draft
        await shell.placeDraft(path)
        settling = shell.settle(path)
        settling.catch(() => undefined)
      },
      settled: async () => settling,
      callOff: async () => {
        await draft?.catch(() => undefined)
        if (draft !== undefined) await shell.removeDraft(path)
      },
    }
  }
  return {
    capture: async () => {
      const standing = await readExactly(shell, path)
      return fileKept(standing, entryIn(standing ?? '', key))
    },
    begin: async () => {
      check()
      // most are new: that is written while it is read what stands there
      const line = value === null ? undefined : `${key} ${value}\n`
      const early = line === undefined ? undefined : shell.writeDraft(path, { append: line }, 0o644)
      const earlyEnded = early?.catch(() => undefined)
      const drop = async () => {
        await earlyEnded
        if (early !== undefined) await shell.removeDraft(path)
      }
      try {
        const [standing, mode] = await Promise.all([readExactly(shell, path), modeOf(shell, path)])
        const entry = entryIn(standing ?? '', key)
        const before = fileKept(standing, entry)
        if (line !== undefined && entry.behind(value) === line) return begun(before, early)
        const changed = entry.with(value)
        await drop()
        return begun(before, changed === (standing ?? '') ? undefined : shell.writeDraft(path, changed, mode))
      } catch (error) {
        await drop()
        throw error
      }
    },
    perform: async () => {
      check()
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

function fileKept(standing: string | undefined, { value, line }: MapEntry): string {
  return JSON.stringify({ value: value ?? null, line, absent: standing === undefined } satisfies z.infer<typeof fileBeforeSchema>)
}

/** A line of the marks file (host/marks.ts), or of who owns a site: files that HAProxy never reads, with an encoded word as the value. */
function isMark(key: string, value: string | null): boolean {
  return /^[a-z.]+\/[A-Za-z0-9._-]+$/.test(key) && (value === null || /^[A-Za-z0-9._*+%&=-]+$/.test(value))
}

/**
 * The file first: what is only in the running HAProxy is gone after its next start. Then the running one, read back. One that does not run
 * will start from the file.
 */
export function proxyMapEffect(deps: EffectDeps, { socket, path, key, value }: Extract<Action, { kind: 'proxy-map' }>): Effect {
  const file = mapEntryEffect(deps, { kind: 'map-entry', path, key, value })
  const haproxy = createHaproxySocket(deps.shell, socket)
  const live = () => haproxy.mapValue(path, key).catch(notRunning)
  const tell = (wanted: string | null, now: string | undefined) =>
    (wanted === null ? haproxy.deleteMapEntry(path, key) : haproxy.setMapEntry(path, key, wanted, { value: now })).catch(notRunning)
  const keptOf = (now: string | undefined | typeof notThere, inFile: string | null) => {
    if (now !== notThere) checkMapWords(key, now ?? null) // or it could not be put back
    const kept = { file: inFile ?? '', live: now === notThere ? null : (now ?? null) }
    return JSON.stringify(kept satisfies z.infer<typeof bothBeforeSchema>)
  }
  return {
    capture: async () => keptOf(...(await Promise.all([live(), file.capture()]))),
    begin: async () => {
      // what goes to other threads first: meanwhile there is time for a connection
      const entering = file.begin()
      const asked = live()
      // that it failed is heard when the file is read
      asked.catch(() => undefined)
      const entry = await entering
      try {
        const now = await asked
        return {
          ...entry,
          before: keptOf(now, entry.before),
          perform: async (options) => {
            await entry.perform(options)
            if (now !== notThere) await tell(value, now)
          },
        }
      } catch (error) {
        await entry.callOff()
        throw error
      }
    },
    perform: async (options) => {
      const [now] = await Promise.all([live(), file.perform(options)])
      if (now !== notThere) await tell(value, now)
    },
    check: async () => {
      if ((await file.check()) !== 'done') return 'not'
      const now = await live()
      return now === notThere || (now ?? null) === value ? 'done' : 'half'
    },
    revert: async (before, options) => {
      const old = parseBefore(bothBeforeSchema, before)
      if (old === undefined) return
      await file.revert(old.file, options)
      const now = await live()
      if (now === notThere || (now ?? null) === old.live) return
      if ((now ?? null) !== value) throw changedSince(`The entry of ${key} in the running HAProxy`)
      await tell(old.live, now)
    },
  }
}

const bothBeforeSchema = z.strictObject({ file: z.string(), live: z.string().nullable() })
const notThere = Symbol('no HAProxy runs')

function notRunning(error: unknown): typeof notThere {
  if (error instanceof JailopsError && error.code === 'host_not_ready') return notThere
  throw error
}
