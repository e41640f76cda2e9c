import type { ObservedFacts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { hasProgram } from './has-program.ts'

/** Which managers are installed. Their versions are asked only by the check: that starts each of them. */
export async function observeManagers(shell: Shell, layout: Layout): Promise<ObservedFacts['managers']> {
  const programs = [
    { manager: 'bastille', program: 'bastille' },
    { manager: 'iocage', program: 'iocage' },
    { manager: 'ezjail', program: 'ezjail-admin' },
  ] as const
  const found = await Promise.all(programs.map(({ program }) => hasProgram(shell, layout, program)))
  return [{ manager: 'jail.conf' }, ...programs.filter((_, index) => found[index] === true).map(({ manager }) => ({ manager }))]
}
