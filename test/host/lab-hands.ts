import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArguments } from '../../src/core/arguments.ts'
import type { Answer } from '../../src/core/card.ts'
import type { ChangeCommand, Command, ReadCommand } from '../../src/core/command.ts'
import { type FactName, factNames, type Facts, factsOf } from '../../src/core/host.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { Step } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { askLooks } from '../../src/host/facts/looks.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { temporaryLab, type TemporaryLab } from '../lab/temporary-lab.ts'
import { reloadsIn } from '../support/reloads.ts'

interface Done {
  step: Step
  before: string | null
}

/** A lab, and hands that carry steps out on it and take them back as the executor does. */
export interface LabHands {
  lab: TemporaryLab
  /** A line a reload of HAProxy, as the worker logs it. */
  reloads: readonly string[]
  facts(wanted?: readonly FactName[]): Promise<Facts>
  /** What a command would do there now. */
  plan(command: Command, args: Record<string, unknown>, request?: string): Promise<Plan>
  /** What a question is answered there. */
  answer(command: Command, args: Record<string, unknown>): Promise<Answer>
  /** Until one fails: then what was begun is taken back, and the error is thrown. */
  carryOut(steps: readonly Step[], confide?: (secret: string) => void): Promise<Done[]>
  takeBack(done: readonly Done[]): Promise<void>
  stop(): Promise<void>
}

export async function labHands(options: Parameters<typeof temporaryLab>[0]): Promise<LabHands> {
  const lab = await temporaryLab(options)
  const shell = createLocalShell(lab.layout)
  const own = { shell, sleep: async (milliseconds: number) => sleep(milliseconds), now: Date.now }
  const reloads: string[] = []
  const effects = createEffects({ ...own, reloads: reloadsIn(lab.folder, own, reloads), stagingFolder: join(lab.folder, 'staging') })
  let groups = 0
  const groupFile = () => join(lab.folder, `group-${groups++}`)
  const facts = async (wanted: readonly FactName[] = factNames) =>
    factsOf(lab.layout, await observe({ shell, layout: lab.layout }, wanted, { others: [], here: [] }))
  const takeBack = (done: readonly Done[]) =>
    effects.during(async () => {
      for (const { step, before } of done.toReversed()) await effects.revert(step, before, { groupFile: groupFile() })
    })
  const factsFor = async (command: ChangeCommand | ReadCommand, args: Record<string, unknown>) => {
    const seen = await facts()
    return factsOf(lab.layout, { ...seen, looked: await askLooks(shell, command.looks?.({ args, facts: seen }) ?? {}) })
  }
  return {
    lab,
    reloads,
    facts,
    takeBack,
    async answer(command, words) {
      if (command.risk !== 'read') throw new Error(`${command.path} is no question`)
      const { args } = parseArguments(command, words)
      return command.query({ args, facts: await factsFor(command, args) })
    },
    async plan(command, words, request = 'rabcdefghjkmnpqr') {
      if (command.risk !== 'change') throw new Error(`${command.path} changes nothing`)
      const { args } = parseArguments(command, words)
      const full = await factsFor(command, args)
      return command.plan({ args, facts: full, drivers: createDrivers(full), request, person: 'ana', granted: command.grants ?? [] })
    },
    carryOut: (steps, confide) =>
      effects.during(async () => {
        const done: Done[] = []
        try {
          for (const step of steps) {
            done.push({ step, before: await effects.capture(step) })
            await effects.perform(step, { groupFile: groupFile(), ...(confide !== undefined && { confide }) })
          }
        } catch (error) {
          await takeBack(done)
          throw error
        }
        return done
      }),
    stop: async () => {
      await shell.stop()
      await lab.remove()
    },
  }
}
