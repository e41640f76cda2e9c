import type { Look, LookAnswer } from '../../core/host.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'

/** Asks the host what a command wants to know besides the facts. A tool that fails has answered too: what that means is the command's to say. */
export async function askLooks(shell: Shell, looks: Readonly<Record<string, Look>>): Promise<Record<string, LookAnswer>> {
  const answers = await inBatches(Object.entries(looks), async ([name, { argv, timeoutSeconds = 30 }]): Promise<[string, LookAnswer]> => {
    const { exitCode, stdout, stderr, timedOut } = await shell.run({ argv, timeoutSeconds })
    return [name, { exitCode: timedOut ? undefined : exitCode, stdout, stderr }]
  })
  return Object.fromEntries(answers)
}
