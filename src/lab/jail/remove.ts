import type { Call } from '../call.ts'
import type { Host, RunningJail } from '../host.ts'
import { dropAlias, giveBackInterfaces } from '../network.ts'
import { type JailConfig } from '../jail-conf/jails.ts'
import { killServices } from '../service/jail-services.ts'
import { runCommands } from './commands.ts'
import { mountSteps, removeMounts } from './mounts.ts'
import { addressesOf } from './settings.ts'

/** Stops a jail as jail(8) does. A failing exec.prestop or exec.stop leaves it running. Returns the exit code. */
export async function removeJail(
  host: Host,
  config: JailConfig,
  jail: RunningJail,
  call: Call,
  speech: { verbose: boolean; says: boolean },
): Promise<number> {
  const run = (parameter: string, inside?: RunningJail) => runCommands(host, config, parameter, call, speech.verbose, inside)
  const steps = mountSteps(host, config)
  if (typeof steps === 'string') {
    call.err(`jail: ${steps}\n`)
    return 1
  }
  if (!(await run('exec.prestop'))) return 1
  if (!(await run('exec.stop', jail))) return 1
  await endJail(host, jail)
  if (speech.says) call.out(`${config.name}: removed\n`)
  if (!(await run('exec.poststop'))) return 1
  const isUnmounted = removeMounts(host, config, call, speech.verbose)
  if (!dropAliases(host, config, call, speech.verbose) || !isUnmounted) return 1
  return (await run('exec.release')) ? 0 : 1
}

/** The jail is gone and with it every process in it; mounts and aliases are not the kernel's to take away. */
export async function endJail(host: Host, jail: RunningJail): Promise<void> {
  await killServices(host, jail)
  giveBackInterfaces(host, jail)
  host.jails = host.jails.filter((each) => each !== jail)
}

/** What `jail -C` takes back for a jail that is gone already. */
export function cleanUp(host: Host, config: JailConfig, call: Call): number {
  const isUnmounted = removeMounts(host, config, call, false)
  for (const { address, interface: name } of addressesOf(config)) if (name !== undefined) dropAlias(host, name, address)
  return isUnmounted ? 0 : 1
}

function dropAliases(host: Host, config: JailConfig, call: Call, verbose: boolean): boolean {
  let ok = true
  for (const { address, prefix, interface: name } of addressesOf(config)) {
    if (name === undefined) continue
    const command = `/sbin/ifconfig ${name} inet ${address}/${prefix} -alias`
    if (verbose) call.out(`${config.name}: run command: ${command}\n`)
    const problem = dropAlias(host, name, address)
    if (problem === undefined) continue
    call.err(`${problem}\njail: ${config.name}: ${command}: failed\n`)
    ok = false
  }
  return ok
}
