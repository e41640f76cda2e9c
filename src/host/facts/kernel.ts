import { passLostConnection } from '../../core/errors.ts'
import type { Shell } from '../shell.ts'

/** `meta` and `env` came with 15.0. A kernel that does not say what it is is taken for an older one: it would refuse a jail with `meta`. */
export async function observeMeta(shell: Shell): Promise<boolean> {
  const answer = await shell.run({ argv: ['sysctl', '-n', 'kern.osreldate'], timeoutSeconds: 30 }).catch(passLostConnection)
  return answer?.exitCode === 0 && Number(answer.stdout.trim()) >= 1_500_068
}
