import type { JailopsError } from '../../src/core/errors.ts'
import type { StepProgress } from '../../src/core/message.ts'
import type { Plan } from '../../src/core/plan.ts'
import { execute, type Ending } from '../../src/worker/executor.ts'
import type { Journal } from '../../src/worker/journal.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { Death, type Life, lifeOf, type ModelHost, modelEffects, requestA, temporaryJournals } from './worker-bench.ts'

export interface Options {
  cancelled?: () => JailopsError | undefined
  stopping?: () => boolean
  progress?: (steps: StepProgress[]) => void
}

/** One life of the executor over the journal in the folder. @returns how it ended, or `death` where the life was over first */
export async function live(
  folder: string,
  { host, plan, life }: { host: ModelHost; plan: Plan; life: Life },
  { cancelled = () => undefined, stopping = () => false, progress = () => undefined }: Options = {},
): Promise<Ending | undefined | 'death'> {
  const journal = await (await temporaryJournals(folder, () => 1)).open(requestA)
  const ended: string[] = []
  try {
    // once dead, nothing that still runs here may reach the disk
    const append: Journal['append'] = async (entry) => {
      life.moment(`before ${entry.kind}`)
      const number = await journal.append(entry)
      life.moment(`after ${entry.kind}`)
      return number
    }
    const ending = await execute(
      {
        effects: modelEffects(host, life),
        endGroup: async (file) => void ended.push(file),
        gate: createProxyGate(),
      },
      { journal: { ...journal, append }, plan, cancelled, stopping, progress },
    )
    // what a dead process would have said is never heard
    return life.isOver ? 'death' : ending
  } catch (error) {
    if (error instanceof Death) return 'death'
    throw error
  } finally {
    await journal.close()
  }
}

/** Lives one life after the other, each dying after the next number of moments, until one comes to the end. */
export async function liveUntilEnd(
  folder: string,
  { host, plan, deaths }: { host: ModelHost; plan: Plan; deaths: readonly number[] },
  options: Options = {},
): Promise<Ending> {
  for (const moments of [...deaths, Number.POSITIVE_INFINITY]) {
    const ending = await live(folder, { host, plan, life: lifeOf(moments) }, options)
    if (ending !== 'death' && ending !== undefined) return ending
  }
  throw new Error('even the last life came to no end')
}

/** How many places there are where a life could end. */
export async function momentsOf(folder: string, given: { host: ModelHost; plan: Plan }, options: Options = {}): Promise<string[]> {
  const life = lifeOf(Number.POSITIVE_INFINITY)
  await live(folder, { ...given, life }, options)
  return life.moments
}
