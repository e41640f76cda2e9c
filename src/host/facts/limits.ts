import type { ObservedFacts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { ask } from './ask.ts'

/** Whether limits can hold at all, and those that a boot sets. */
export async function observeLimits(shell: Shell, { rctlConf }: Layout): Promise<Pick<ObservedFacts, 'canLimit' | 'limits'>> {
  const [enabled, text] = await Promise.all([ask(shell, ['sysctl', '-n', 'kern.racct.enable']), shell.readFile(rctlConf)])
  const lines = (text ?? '').split('\n').map((line) => line.trim())
  return { canLimit: enabled.stdout.trim() === '1', limits: lines.filter((line) => line !== '' && !line.startsWith('#')) }
}
