import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { factsOf } from '../core/host.ts'
import type { Layout } from '../core/layout.ts'
import { createDrivers } from '../host/drivers.ts'
import { observe } from '../host/facts/observe.ts'
import { createLocalShell } from '../host/shell-local.ts'
import { createEffects } from '../worker/effects/index.ts'
import { createLogMemory } from '../worker/log-memory.ts'
import { createHaproxyReloads } from '../worker/reload-haproxy.ts'

/** Brings a fresh lab to where a host stands after its first `/proxy add`: with HAProxy set up and running. */
export async function prepareProxy(layout: Layout): Promise<void> {
  const folder = layout.confineTo
  if (folder === undefined) return
  const shell = createLocalShell({ programFolders: layout.programFolders, jailRoots: layout.jailRoots, confineTo: folder })
  await mkdir(join(folder, 'staging'), { recursive: true })
  const stagingFolder = await mkdtemp(join(folder, 'staging', 'prepare-'))
  try {
    const facts = factsOf(layout, await observe({ shell, layout }, ['proxy'], { others: [], here: [] }))
    const hands = { shell, now: Date.now, sleep: (milliseconds: number) => delay(milliseconds) }
    const reloads = createHaproxyReloads({
      ...hands,
      file: join(stagingFolder, 'haproxy-reload.json'),
      folder: stagingFolder,
      log: createLogMemory(() => Promise.resolve([])),
      say: () => undefined,
    })
    const effects = createEffects({ ...hands, reloads, stagingFolder })
    for (const [index, step] of createDrivers(facts).proxy.prepare().entries()) {
      await effects.perform(step, { groupFile: join(stagingFolder, `group-${index}`) })
    }
  } finally {
    await rm(stagingFolder, { recursive: true, force: true })
    await shell.stop()
  }
}
