import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Step } from '../../../core/step.ts'
import { isTrue, propertyOf } from './config.ts'
import { setSteps } from './property.ts'

type Known = Pick<Facts, 'layout' | 'jails' | 'managers'>

/** `iocage set boot=…` of a jail that is there starts nothing; `iocage create boot=on` would, so a new jail is always made with it off. */
export function bootOf(facts: Known, name: string, on: boolean): Step[] {
  const jail = facts.jails.find((one) => one.manager === 'iocage' && one.name === name)
  const now = jail !== undefined && isTrue(propertyOf(jail, 'boot'))
  if (!on) return now ? setBoot(facts, name, false) : []
  return [...enable(facts, name), ...(now ? [] : setBoot(facts, name, true))]
}

function setBoot({ layout }: Known, name: string, on: boolean): Step[] {
  const title = on ? `Let ${name} start at boot` : `Keep ${name} off at boot`
  return setSteps(layout, name, { key: 'boot', from: on ? '0' : '1', to: on ? '1' : '0', title })
}

/** Switched on for one it must not switch on others. @throws host_not_ready */
function enable({ managers, jails }: Known, name: string): Step[] {
  if (managers.some((one) => one.manager === 'iocage' && one.startsJails !== false)) return []
  const woken = jails.filter((one) => one.manager === 'iocage' && one.name !== name && isTrue(propertyOf(one, 'boot')))
  if (woken.length > 0) {
    throw new JailopsError(
      'host_not_ready',
      `iocage_enable is not YES on this host; switching it on for ${name} would also start ${woken.map((one) => one.name).join(', ')} at boot. ` +
        'Decide that by hand first (sysrc iocage_enable=YES), or ask again with boot:no.',
    )
  }
  return [
    {
      title: 'Let iocage start its jails at boot',
      action: { kind: 'run', argv: ['sysrc', 'iocage_enable=YES'], timeoutSeconds: 30 },
      done: { kind: 'command', argv: ['sysrc', '-n', 'iocage_enable'], stdout: 'YES' },
      undo: [{ action: { kind: 'run', argv: ['sysrc', '-x', 'iocage_enable'], timeoutSeconds: 30 } }],
    },
  ]
}
