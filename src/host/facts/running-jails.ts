import { z } from 'zod'
import type { Shell } from '../shell.ts'
import { askText, notReady } from './ask.ts'

const runningJailSchema = z.looseObject({
  jid: z.coerce.number().int(),
  name: z.string(),
  hostname: z.string().default(''),
  path: z.string(),
  ipv4_addrs: z.array(z.string()).default([]),
})
export type RunningJail = z.infer<typeof runningJailSchema>

const answerSchema = z.looseObject({ 'jail-information': z.looseObject({ jail: z.array(runningJailSchema).default([]) }) })

/** Only `-v` names the jails in its JSON. */
const argv = ['jls', '--libxo', 'json', '-v']

/** @throws host_not_ready: jls that fails is not a host without jails */
export async function observeRunning(shell: Shell): Promise<RunningJail[]> {
  const answer = answerSchema.safeParse(parseJson(await askText(shell, argv)))
  if (!answer.success) throw notReady(argv, 'its JSON is not of the shape that FreeBSD 14 and 15 print', answer.error)
  return answer.data['jail-information'].jail
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notReady(argv, 'it printed no JSON', error)
  }
}
