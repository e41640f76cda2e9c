import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { sha256 } from '../../core/canonical.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { spliced } from '../../host/proxy/adopt/splice.ts'
import { changedSince, type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { modeOf, readExactly } from './old-file.ts'
import { howItEnded, lastWords } from './words.ts'

type Splice = Extract<Action, { kind: 'haproxy-splice' }>

const beforeSchema = z.strictObject({ text: z.string(), mode: z.int() })

/** The host's own file of HAProxy's: only these bytes of it, and only while it is what was read. Owner, mode, and links to it stay. */
export function haproxySpliceEffect(deps: EffectDeps, action: Splice): Effect {
  const { shell } = deps
  const { path } = action
  const read = async () => (await readExactly(shell, path)) ?? ''
  return {
    // before it counts as begun, as with our own files
    capture: async () => {
      const text = await read()
      if (sha256(text) !== action.after) await checkWith(deps, action, changed(text, action))
      return JSON.stringify({ text, mode: await modeOf(shell, path) } satisfies z.infer<typeof beforeSchema>)
    },
    perform: async () => {
      const text = await read()
      if (sha256(text) === action.after) return
      const content = changed(text, action)
      await checkWith(deps, action, content)
      await shell.writeFile(path, content, await modeOf(shell, path))
    },
    check: async () => (sha256(await read()) === action.after ? 'done' : 'not'),
    revert: async (kept) => {
      const before = parseBefore(beforeSchema, kept)
      if (before === undefined) return
      const now = await read()
      if (now === before.text) return
      if (sha256(now) !== action.after) throw changedSince(path)
      await shell.writeFile(path, before.text, before.mode)
    },
  }
}

function changed(text: string, { path, before, after, cuts }: Splice): string {
  const content = sha256(text) === before ? spliced(text, cuts) : undefined
  if (content !== undefined && sha256(content) === after) return content
  throw new JailopsError('step_failed', `${path} is not any more what it was when this was planned; nothing of it was changed. Ask again.`)
}

/** As HAProxy would read it: every file of the folder in its order, with the new text in place of the link. */
async function checkWith({ shell, stagingFolder }: EffectDeps, { folder, name }: Splice, content: string): Promise<void> {
  const staged = `${stagingFolder}/haproxy-${randomBytes(6).toString('hex')}.cfg`
  await shell.makeFolder(stagingFolder, 0o700)
  try {
    await shell.writeFile(staged, content, 0o600)
    const names = (await shell.list(folder)).filter((one) => one.endsWith('.cfg') && !one.startsWith('.'))
    const files = [...new Set([...names, name])].toSorted(byBytes).flatMap((one) => ['-f', one === name ? staged : `${folder}/${one}`])
    const result = await shell.run({ argv: ['haproxy', '-c', ...files], timeoutSeconds: 60 })
    if (result.exitCode === 0 && !result.timedOut) return
    const words = lastWords({ ...result, stderr: alertsIn(result.stderr) ?? result.stderr }).replaceAll(staged, `${folder}/${name}`)
    throw new JailopsError('config_invalid', `HAProxy's own check ${howItEnded(result)} on the new configuration: ${words}`)
  } finally {
    await shell.removeFile(staged)
  }
}

/** The order of the C locale. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}

/** Which line it minds; its last words are only that there were errors. */
function alertsIn(stderr: string): string | undefined {
  const alerts = [...stderr.matchAll(/^\[ALERT\] .*?config : (.*)$/gm)].map(([, words = '']) => words)
  const own = alerts.filter((words) => !/^(Error\(s\) found|Fatal errors)/.test(words)).slice(0, 3)
  return own.length === 0 ? undefined : own.join('\n')
}
