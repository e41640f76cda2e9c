import { z } from 'zod'
import { isLostConnection } from '../core/errors.ts'
import { keepFile, readKept } from './kept-file.ts'

/** What must never run twice at once, also not beside what an earlier life of this worker left running. */
export interface LoneRuns {
  /** One call at a time. The group file is for whatever it starts. */
  run<T>(work: (groupFile: string) => Promise<T>): Promise<T>
}

export interface LoneRunsDeps {
  /** On this machine: which run was the last, and whether it is known to be over. */
  file: string
  /** On the host. */
  groupFile(number: number): string
  endGroup(groupFile: string): Promise<unknown>
}

const keptSchema = z.strictObject({ number: z.int(), isOver: z.boolean() })
type Kept = z.infer<typeof keptSchema>

/** It belongs to no one request, so no journal names its group: each has a number of its own, which is kept before it begins. */
export function createLoneRuns({ file, groupFile, endGroup }: LoneRunsDeps): LoneRuns {
  let last: Kept | undefined
  const keep = async (one: Kept) => {
    last = one
    await keepFile(file, one)
  }
  return {
    async run(work) {
      const before = last ?? (await readKept(file, keptSchema)) ?? { number: 0, isOver: true }
      if (!before.isOver) await endGroup(groupFile(before.number))
      const number = before.number + 1
      await keep({ number, isOver: false })
      const over = async () => keep({ number, isOver: true })
      try {
        const result = await work(groupFile(number))
        await over()
        return result
      } catch (error) {
        // without a connection it may go on
        if (!isLostConnection(error)) await over()
        throw error
      }
    },
  }
}
