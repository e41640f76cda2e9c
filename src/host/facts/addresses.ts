import type { ObservedFacts } from '../../core/host.ts'
import type { Shell } from '../shell.ts'
import { askText } from './ask.ts'
import type { ConfiguredJail } from '../../core/jail.ts'
import type { RunningJail } from './running-jails.ts'

/** Every address that an interface, a running jail or a configured one has; a stopped jail keeps its own. */
export async function observeAddresses(
  shell: Shell,
  running: Promise<RunningJail[]>,
  configuration: Promise<ConfiguredJail[]>,
): Promise<ObservedFacts['addresses']> {
  const [all, names, jailsNow, configured] = await Promise.all([
    askText(shell, ['ifconfig', '-a']),
    askText(shell, ['ifconfig', '-l']),
    running,
    configuration,
  ])
  const onInterfaces = [...all.matchAll(/^\s+inet ([0-9.]+)/gm)].flatMap((line) => line[1] ?? [])
  const ofJails = configured.flatMap((jail) => jail.addresses)
  return {
    taken: [...new Set([...onInterfaces, ...ofJails, ...jailsNow.flatMap((jail) => jail.ipv4_addrs)])].toSorted(),
    interfaces: names.trim().split(/\s+/),
  }
}
