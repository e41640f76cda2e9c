import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { readConfig, writeConfig } from './config.ts'
import { jailIn, runningJail, type Jail } from './jails.ts'
import { fail, info, zfs } from './speech.ts'

/** A jail becomes a template, which is read-only, or a jail again. */
export async function convert(host: Host, call: Call, jail: Jail, toTemplate: boolean): Promise<void> {
  if (runningJail(host, jail.name) !== undefined) fail(`${jail.name} is running.\nPlease stop it first!`)
  const after = jailIn(host, toTemplate ? 'templates' : 'jails', jail.name)
  if (!toTemplate) await zfs(host, call, 'set', 'readonly=off', jail.dataset)
  await zfs(host, call, 'rename', '-f', jail.dataset, after.dataset)
  const config = readConfig(after.folder)
  writeConfig(after.folder, { ...config, type: toTemplate ? 'template' : 'jail', template: toTemplate ? 1 : 0 })
  if (toTemplate) await zfs(host, call, 'set', 'readonly=on', after.dataset)
  info(call, `${jail.name} converted to a ${toTemplate ? 'template' : 'jail'}.`)
}
