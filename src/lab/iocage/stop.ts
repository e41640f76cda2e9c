import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { fullConfig, text } from './config.ts'
import { iocRoot, kernelName, runningJail, type Jail } from './jails.ts'
import { fail, info, run, warn } from './speech.ts'

const forceHint = 'Please use --force flag to force stop jail'

/** Stops one jail; one that does not run is only mentioned. */
export async function stopJail(host: Host, call: Call, jail: Jail, force: boolean): Promise<void> {
  const uuid = jail.name.replaceAll('.', '_')
  const config = fullConfig(jail.folder)
  if (runningJail(host, jail.name) === undefined) return warn(call, `${uuid} is not running!`)
  info(call, `* Stopping ${uuid}`)
  if (!force) {
    info(call, '  + Executing prestop OK')
    const ran = await run(host, call, 'jexec', [kernelName(jail.name), ...text(config, 'exec_stop').split(/\s+/)])
    mkdirSync(join(iocRoot(host), 'log'), { recursive: true })
    appendFileSync(join(iocRoot(host), 'log', `${uuid}-console.log`), ran.out || ran.err)
    if (ran.code !== 0) fail(`  + Stopping services FAILED\nERROR:\n${ran.err}\n\n${forceHint}`)
    info(call, '  + Stopping services OK')
  }
  info(call, '  + Removing devfs_ruleset: 1000 OK')
  const file = join(host.paths.host, `var/run/jail.${kernelName(jail.name)}.conf`)
  const ran = await run(host, call, 'jail', ['-q', ...(existsSync(file) ? ['-f', file] : []), '-r', kernelName(jail.name)])
  if (ran.err !== '') fail(`  + Removing jail process FAILED:\n${ran.err}`)
  info(call, '  + Removing jail process OK')
  rmSync(file, { force: true })
  info(call, '  + Executing poststop OK')
  await dropMounts(host, call, jail)
  return undefined
}

/** What may still be mounted below it. */
export async function dropMounts(host: Host, call: Call, { folder }: Jail): Promise<void> {
  const all = [...host.mounts].filter(({ type, on }) => type !== 'zfs' && on.startsWith(`${folder}/root/`))
  for (const { on } of all.toReversed()) await run(host, call, 'umount', ['-f', on])
}
