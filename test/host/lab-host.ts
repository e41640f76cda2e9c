import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FactName, type Facts, factsOf } from '../../src/core/host.ts'
import type { Step } from '../../src/core/step.ts'
import { observe } from '../../src/host/facts/observe.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { type Lab, type LabOptions, startLab } from '../../src/lab/lab.ts'
import { createEffects, type Effects } from '../../src/worker/effects/index.ts'
import { reloadsIn } from '../support/reloads.ts'

export interface Done {
  step: Step
  before: string | null
}

/** A host of the lab on which the drivers' steps are carried out and taken back, without a worker around them. */
export interface LabHost {
  lab: Lab
  shell: Shell
  effects: Effects
  look(...wanted: FactName[]): Promise<Facts>
  /** What was done is taken back when one of them fails. */
  carryOut(steps: readonly Step[]): Promise<Done[]>
  takeBack(done: readonly Done[]): Promise<void>
  stop(): Promise<void>
}

export async function startLabHost(options: Partial<LabOptions> = {}, prepare: (host: string) => void = () => undefined): Promise<LabHost> {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-host-'))
  prepare(join(folder, 'host'))
  const lab = await startLab({ ...options, folder })
  const shell = createLocalShell(lab.layout)
  const stagingFolder = join(lab.folder, 'staging')
  const hands = { shell, sleep: async (milliseconds: number) => sleep(milliseconds), now: Date.now }
  const effects = createEffects({ ...hands, reloads: reloadsIn(folder, hands), stagingFolder })
  let groups = 0
  const groupFile = () => join(folder, `group-${groups++}`)
  const takeBack = async (done: readonly Done[]) => {
    for (const { step, before } of done.toReversed()) await effects.revert(step, before, { groupFile: groupFile() })
  }
  return {
    lab,
    shell,
    effects,
    look: async (...wanted) => factsOf(lab.layout, await observe({ shell, layout: lab.layout }, wanted, { others: [], here: [] })),
    async carryOut(steps) {
      const done: Done[] = []
      try {
        for (const step of steps) {
          done.push({ step, before: await effects.capture(step) })
          await effects.perform(step, { groupFile: groupFile() })
        }
      } catch (error) {
        await takeBack(done)
        throw error
      }
      return done
    },
    takeBack,
    async stop() {
      await shell.stop()
      await lab.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
