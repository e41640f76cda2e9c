import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Layout } from '../../src/core/layout.ts'
import { plan } from '../../src/core/plan.ts'
import { changeAndReload } from '../../src/host/proxy/reload.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { type Ending, execute } from '../../src/worker/executor.ts'
import { openJournalFolder } from '../../src/worker/journal.ts'
import { reloadsIn } from '../support/reloads.ts'
import { spareBackends } from './proxy-reload-clients.ts'

/** One life of a worker with two requests that need a reload, from wherever their journals stand. */
export async function live(folder: string, { layout, shell }: { layout: Layout; shell: Shell }): Promise<(Ending | undefined)[]> {
  const hands = { shell, now: Date.now, sleep: async (milliseconds: number) => sleep(milliseconds) }
  const reloads = reloadsIn(folder, hands)
  const effects = createEffects({ ...hands, reloads, stagingFolder: join(layout.confineTo ?? folder, 'staging') })
  const journals = await openJournalFolder(join(folder, 'journals'), Date.now)
  const carryOut = async (request: string, backend: string) => {
    const journal = await journals.open(request)
    const steps = changeAndReload(layout, spareBackends(layout, [backend]), `${backend} is declared`)
    const ending = await execute(
      { effects, endGroup: (groupFile, seconds) => shell.endGroup(groupFile, seconds), gate: reloads.gate },
      { journal, plan: plan(steps, { resources: [] }), progress: () => undefined, cancelled: () => undefined, stopping: () => false },
    )
    await journal.close()
    return ending
  }
  return Promise.all([carryOut('raaaaaaaaaaaaaaa', 'slot_500'), carryOut('rbbbbbbbbbbbbbbb', 'slot_501')])
}
