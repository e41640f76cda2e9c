import type { ManagerFact } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { isYes, rcVariable } from './boot.ts'
import { hasProgram } from './has-program.ts'

/** Which managers are installed. Their versions are asked only by the check: that starts each of them. */
export async function observeManagers(shell: Shell, layout: Layout): Promise<ManagerFact[]> {
  const [bastille, iocage, ezjail] = await Promise.all(
    ['bastille', 'iocage', 'ezjail-admin'].map((program) => hasProgram(shell, layout, program)),
  )
  return [
    { manager: 'jail.conf' },
    ...(bastille === true ? [await bastilleAtBoot(shell)] : []),
    ...(iocage === true ? [{ manager: 'iocage', startsJails: isYes(await rcVariable(shell, 'iocage_enable')) } as const] : []),
    ...(ezjail === true ? [{ manager: 'ezjail', startsJails: isYes(await rcVariable(shell, 'ezjail_enable')) } as const] : []),
  ]
}

/** rc.d/bastille starts those whose settings let it, of all jails or of its list. */
async function bastilleAtBoot(shell: Shell): Promise<ManagerFact> {
  const [enable, list] = await Promise.all([rcVariable(shell, 'bastille_enable'), rcVariable(shell, 'bastille_list')])
  const words = list.split(/\s+/).filter((word) => word !== '')
  const isAll = words.length === 0 || words.some((word) => word.toUpperCase() === 'ALL')
  return { manager: 'bastille', startsJails: isYes(enable), ...(!isAll && { startsOnly: words }) }
}
