import { randomBytes } from 'node:crypto'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { readThroughLink } from '../../host/proxy/adopt/follow.ts'
import type { Shell } from '../../host/shell.ts'
import type { Effect, EffectDeps } from './effect.ts'
import { captureFile, modeOf, refuseForeign, restoreFile } from './old-file.ts'
import { howItEnded, lastWords } from './words.ts'

type HaproxyConfig = Extract<Action, { kind: 'haproxy-config' }>

/** One *.cfg of HAProxy's folder. One bad file keeps HAProxy from starting at all, so the whole folder is checked with the change in it. */
export function haproxyConfigEffect({ shell, stagingFolder }: EffectDeps, action: HaproxyConfig): Effect {
  const path = `${action.folder}/${action.name}`
  return {
    // before it counts as begun: what does not pass then leaves nothing to take back, least of all a reload of a folder that was broken before us
    capture: async () => {
      if (action.content !== null) await refuseForeign(shell, path, action.content)
      await checkWholeFolder(shell, stagingFolder, action)
      return captureFile(shell, path)
    },
    perform: async () => {
      await checkWholeFolder(shell, stagingFolder, action)
      if (action.content === null) await shell.removeFile(path)
      else await shell.writeFile(path, action.content, await modeOf(shell, path))
    },
    check: async () => ((await shell.readFile(path)) === (action.content ?? undefined) ? 'done' : 'not'),
    revert: (before) => restoreFile(shell, path, before, action.content ?? undefined),
  }
}

async function checkWholeFolder(shell: Shell, stagingFolder: string, action: HaproxyConfig): Promise<void> {
  const staged = `${stagingFolder}/haproxy-${randomBytes(6).toString('hex')}`
  await shell.makeFolder(stagingFolder, 0o700)
  await shell.makeFolder(staged, 0o700)
  try {
    for (const [name, content] of await filesAfter(shell, action)) await shell.writeFile(`${staged}/${name}`, content, 0o600)
    const result = await shell.run({ argv: ['haproxy', '-c', '-f', staged], timeoutSeconds: 60 })
    if (result.exitCode === 0 && !result.timedOut) return
    const words = lastWords(result).replaceAll(staged, action.folder)
    throw new JailopsError('config_invalid', `HAProxy's own check ${howItEnded(result)} on the new configuration: ${words}`)
  } finally {
    for (const name of await shell.list(staged)) await shell.removeFile(`${staged}/${name}`)
    await shell.removeFolder(staged)
  }
}

/** What HAProxy would read: every *.cfg but hidden ones, with ours in its place. */
async function filesAfter(shell: Shell, { folder, name, content }: HaproxyConfig): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const other of await shell.list(folder)) {
    if (!other.endsWith('.cfg') || other.startsWith('.')) continue
    files.set(other, (await readThroughLink(shell, `${folder}/${other}`)) ?? '')
  }
  files.delete(name)
  if (content !== null) files.set(name, content)
  return files
}
