import { JailopsError } from '../../../core/errors.ts'
import type { Facts, ManagerFact } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { settingsOf } from './paths.ts'

type Seen = Pick<Facts, 'layout' | 'managers' | 'jails'>
type Named = Pick<Jail, 'name' | 'manager'>

/** Whether rc.d/bastille starts this jail, if the jail's own settings.conf lets it. */
export function rcStarts(managers: readonly ManagerFact[], name: string): boolean {
  const { startsJails = false, startsOnly } = managers.find(({ manager }) => manager === 'bastille') ?? {}
  return startsJails && (startsOnly?.includes(name) ?? true)
}

/**
 * `boot` in the jail's settings.conf, written by ourselves: `bastille config` would do it for whatever its target means. The host as a whole must
 * start jails of bastille too, or the entry would say nothing.
 */
export function bootOf(facts: Seen, jail: Named, on: boolean): Step[] {
  const entry: Step = {
    title: on ? `Let ${jail.name} start at boot` : `Let ${jail.name} no longer start at boot`,
    action: {
      kind: 'edit',
      path: settingsOf(facts.layout, jail.name),
      edits: [{ what: 'variable', name: 'boot', value: on ? 'on' : 'off' }],
    },
  }
  return on ? [...startsAny(facts, jail), entry] : [entry]
}

/** @throws host_not_ready: switching it on for one must not switch it on for others */
function startsAny({ managers, jails }: Seen, { name }: Named): Step[] {
  if (rcStarts(managers, name)) return []
  const { startsOnly } = managers.find(({ manager }) => manager === 'bastille') ?? {}
  if (startsOnly?.includes(name) === false) {
    throw new JailopsError(
      'host_not_ready',
      `bastille_list in rc.conf of this host names the jails that start at boot (${startsOnly.join(', ')}), and ${name} is not among them. ` +
        `Add it there (sysrc bastille_list+=" ${name}"), or ask again with boot:no.`,
    )
  }
  const others = jails.filter((one) => one.manager === 'bastille' && one.name !== name && (startsOnly?.includes(one.name) ?? true))
  const woken = others.filter(({ properties }) => properties['boot'] !== 'off')
  if (woken.length > 0) {
    throw new JailopsError(
      'host_not_ready',
      `bastille_enable is not YES on this host; switching it on for ${name} would also start ${woken.map((one) => one.name).join(', ')} at boot. ` +
        'Decide that by hand first (sysrc bastille_enable=YES), or ask again with boot:no.',
    )
  }
  return [
    {
      title: 'Let the host start its jails of bastille at boot',
      action: { kind: 'run', argv: ['sysrc', 'bastille_enable=YES'], timeoutSeconds: 30 },
      done: { kind: 'command', argv: ['sysrc', '-n', 'bastille_enable'], stdout: 'YES' },
      undo: [{ action: { kind: 'run', argv: ['sysrc', '-x', 'bastille_enable'], timeoutSeconds: 30 } }],
    },
  ]
}
