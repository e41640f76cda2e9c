import { z } from 'zod'
import { JailopsError } from './errors.ts'
import type { Facts, Look, LookAnswer } from './host.ts'
import { serviceName } from './inside-names.ts'
import type { Jail } from './jail.ts'
import { jailName } from './names.ts'

/* What all commands about one service of a jail have in common. */

type State = 'running' | 'stopped' | 'silent'

export const serviceOfJail = z.object({ jail: jailName.describe('which jail'), service: serviceName.describe('such as nginx') })

/** Whether it starts with its jail. */
export function lookWhetherEnabled({ kernelName }: Pick<Jail, 'kernelName'>, service: string): Record<string, Look> {
  return { enabled: { argv: ['service', '-j', kernelName, service, 'enabled'] } }
}

/** As `lookAtServices` found it. @throws unknown_service */
export function serviceIn(facts: Facts, { jail, service }: z.infer<typeof serviceOfJail>): { jail: Jail; state: State } {
  return { jail: facts.runningJail(jail), state: serviceState(service, facts.look(`service ${service}`)) }
}

/** @throws not_supported_by_driver where its script knows no status */
export function mustTell(state: State, { name }: Pick<Jail, 'name'>, service: string, action: 'start' | 'stop' | 'restart'): void {
  if (state !== 'silent') return
  throw new JailopsError(
    'not_supported_by_driver',
    `${service} cannot say whether it runs, so nobody could see what came of it. Use /jail exec ${name} command:"service ${service} ${action}"`,
  )
}

/** What `service NAME onestatus` said. `silent`: its script knows no status. @throws unknown_service */
function serviceState(name: string, { exitCode, stdout, stderr }: LookAnswer): State {
  const text = `${stdout}\n${stderr}`
  if (text.includes('does not exist in /etc/rc.d')) {
    throw new JailopsError('unknown_service', `The jail has no service ${name}. /jail service list shows them; a package may bring it.`)
  }
  if (exitCode === undefined) throw new JailopsError('timed_out', `service ${name} did not say in time whether it runs.`)
  if (text.includes('unknown directive')) return 'silent'
  return exitCode === 0 ? 'running' : 'stopped'
}
