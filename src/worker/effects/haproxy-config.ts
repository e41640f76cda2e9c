import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { captureFile, modeOf, refuseForeign, restoreFile } from './old-file.ts'
import { howItEnded, lastWords } from './words.ts'

type HaproxyConfig = Extract<Action, { kind: 'haproxy-config' }>

/** Files of HAProxy's folder. One bad file keeps HAProxy from starting at all, so the whole folder is checked with the change in it. */
export function haproxyConfigEffect(deps: EffectDeps, action: HaproxyConfig): Effect {
  const { shell } = deps
  const { folder } = action
  const files = filesOf(action)
  const pathOf = (name: string) => `${folder}/${name}`
  const standing = ({ name, content }: ConfigFile) => shell.readFile(pathOf(name)).then((text) => text === (content ?? undefined))
  return {
    // before it counts as begun: what does not pass then leaves nothing to take back, least of all a reload of a folder that was broken before us
    capture: async () => {
      for (const { name, content } of files) if (content !== null) await refuseForeign(shell, pathOf(name), content)
      await checkWholeFolder(deps, { folder, files })
      const kept: string[] = []
      for (const { name } of files) kept.push(await captureFile(shell, pathOf(name)))
      return JSON.stringify(kept)
    },
    perform: async () => {
      await checkWholeFolder(deps, { folder, files })
      for (const { name, content } of files) {
        if (content === null) await shell.removeFile(pathOf(name))
        else await shell.writeFile(pathOf(name), content, await modeOf(shell, pathOf(name)))
      }
    },
    check: async () => {
      const stand = await Promise.all(files.map(standing))
      if (stand.every(Boolean)) return 'done'
      return stand.some(Boolean) ? 'half' : 'not'
    },
    revert: async (before) => {
      const kept = parseBefore(keptSchema, before) ?? []
      for (const [index, { name, content }] of [...files.entries()].toReversed()) {
        await restoreFile(shell, pathOf(name), kept[index] ?? null, content ?? undefined)
      }
    },
  }
}

const keptSchema = z.array(z.string())

interface ConfigFile {
  name: string
  content: string | null
}

export function filesOf({ name, content, more = [] }: HaproxyConfig): ConfigFile[] {
  return [{ name, content }, ...more]
}

/** Only what changes is staged: HAProxy is told file by file what it would read, in its own order. */
export async function checkWholeFolder(
  { shell, stagingFolder }: Pick<EffectDeps, 'shell' | 'stagingFolder'>,
  { folder, files }: { folder: string; files: readonly ConfigFile[] },
): Promise<void> {
  const staged = `${stagingFolder}/haproxy-${randomBytes(6).toString('hex')}`
  const changed = new Map(files.map(({ name, content }) => [name, content]))
  const there = (await shell.list(folder)).filter((name) => name.endsWith('.cfg') && !name.startsWith('.'))
  const names = [...new Set([...there, ...changed.keys()])].filter((name) => changed.get(name) !== null).toSorted(byBytes)
  await shell.makeFolder(stagingFolder, 0o700)
  await shell.makeFolder(staged, 0o700)
  try {
    for (const [name, content] of changed) if (content !== null) await shell.writeFile(`${staged}/${name}`, content, 0o600)
    const read = names.flatMap((name) => ['-f', `${changed.has(name) ? staged : folder}/${name}`])
    const result = await shell.run({ argv: ['haproxy', '-c', ...read], timeoutSeconds: 60 })
    if (result.exitCode === 0 && !result.timedOut) return
    const words = lastWords(result).replaceAll(staged, folder)
    throw new JailopsError('config_invalid', `HAProxy's own check ${howItEnded(result)} on the new configuration: ${words}`)
  } finally {
    for (const name of await shell.list(staged)) await shell.removeFile(`${staged}/${name}`)
    await shell.removeFolder(staged)
  }
}

/** The order of the C locale. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
