import { z } from 'zod'
import type { Shell } from '../../host/shell.ts'

const answerSchema = z.object({ 'jail-information': z.object({ jail: z.array(z.object({ name: z.string(), state: z.string() })) }) })

/** Of a jail that is not there jls says so with exit code 1 *and* an empty list: only the list is believed, and only when it can be read. */
export async function jailHolds(shell: Shell, { name, running }: { name: string; running: boolean }): Promise<boolean> {
  const { stdout, timedOut, exitCode } = await shell.run({ argv: ['jls', '-j', name, '--libxo', 'json', '-v'], timeoutSeconds: 30 })
  if (timedOut || (exitCode !== 0 && exitCode !== 1)) return false
  const jails = answerSchema.parse(JSON.parse(stdout))['jail-information'].jail
  // -j also takes a number: look at the name itself.
  return jails.some((jail) => jail.name === name && jail.state === 'ACTIVE') === running
}
