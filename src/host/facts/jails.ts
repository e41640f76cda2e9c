import type { Jail, ObservedFacts } from '../../core/host.ts'
import type { Configuration } from './configured-jails.ts'
import { startsAtBoot } from './boot.ts'
import { addressesOf } from './jail-parameters.ts'
import type { RunningJail } from './running-jails.ts'

/** Running ∪ configured, by name. */
export function mergeJails(running: readonly RunningJail[], configuration: Configuration, boot: ObservedFacts['boot']): Jail[] {
  const names = new Set([...configuration.jails.keys(), ...running.map((jail) => jail.name)])
  return [...names].toSorted().map((name) => {
    const configured = configuration.jails.get(name)
    const now = running.find((jail) => jail.name === name)
    const parameters = configured?.parameters
    const address = now?.ipv4_addrs[0] ?? addressesOf(parameters?.get('ip4.addr'))[0]
    return {
      name,
      manager: 'jail.conf',
      ours: configured?.ours === true,
      ...stateOf(now !== undefined, configured?.problem),
      ...(now !== undefined && { jid: now.jid }),
      ...(address !== undefined && { address }),
      hostname: now?.hostname || parameters?.get('host.hostname') || name,
      root: now?.path ?? parameters?.get('path') ?? '',
      startsAtBoot: startsAtBoot(boot, name),
    }
  })
}

/** A running jail with a broken file counts as broken: jail(8) can neither stop nor start it by that file. */
function stateOf(runs: boolean, problem: string | undefined): Pick<Jail, 'state' | 'problem'> {
  if (problem !== undefined) return { state: 'broken', problem: runs ? `it runs, but: ${problem}` : problem }
  return { state: runs ? 'running' : 'stopped' }
}
