import type { ObservedFacts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { isYes, rcVariable } from './boot.ts'
import { hasProgram } from './has-program.ts'

/** Which managers are installed. Their versions are asked only by the check: that starts each of them. */
export async function observeManagers(shell: Shell, layout: Layout): Promise<ObservedFacts['managers']> {
  const [bastille, iocage, ezjail] = await Promise.all(
    ['bastille', 'iocage', 'ezjail-admin'].map((program) => hasProgram(shell, layout, program)),
  )
  return [
    { manager: 'jail.conf' },
    ...(bastille === true ? [{ manager: 'bastille' } as const] : []),
    ...(iocage === true ? [{ manager: 'iocage', startsJails: isYes(await rcVariable(shell, 'iocage_enable')) } as const] : []),
    ...(ezjail === true ? [{ manager: 'ezjail', startsJails: isYes(await rcVariable(shell, 'ezjail_enable')) } as const] : []),
  ]
}
