import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { moveBaseMounts } from './basejail.ts'
import { oneOperand, readWords, usageError } from './click.ts'
import { fullConfig, isTrue, readConfig, text, writeConfig } from './config.ts'
import { allJails, iocRoot, meansAll, needJail, runningJail, type Jail } from './jails.ts'
import { userlandVersion } from './make.ts'
import { snapshotJail } from './snapshots.ts'
import { fail, info, run, silent } from './speech.ts'
import { startJail } from './start.ts'
import { stopJail } from './stop.ts'

/** iocage update: a snapshot of its own, then freebsd-update in the jail's root. */
export async function update(host: Host, call: Call, args: string[]): Promise<void> {
  const usage = '[OPTIONS] JAIL'
  const words = readWords('update', args, { flags: { '-P': 'pkgs', '--pkgs': 'pkgs' }, usage })
  const wanted = oneOperand('update', usage, words, 'JAIL')
  for (const jail of meansAll(wanted) ? await allJails(host, call) : [await needJail(host, call, wanted)]) {
    await updateJail(host, call, jail, words.flags.has('pkgs'))
  }
}

async function updateJail(host: Host, call: Call, jail: Jail, packages: boolean): Promise<void> {
  const config = fullConfig(jail.folder)
  if (config['type'] === 'template') fail(`Please convert back to a jail before trying to update ${jail.name}`)
  const date = new Date().toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-')
  await snapshotJail(host, call, jail, `ioc_update_${text(config, 'release')}_${date}`)
  const isStarted = await startIfDown(host, call, jail)
  if (packages) {
    info(call, 'Updating pkgs...')
    const ran = await run(host, call, 'pkg', ['-j', String(runningJail(host, jail.name)?.jid), 'upgrade', '-y'])
    if (ran.code !== 0) fail('Failed to update pkg repositories.')
    info(call, 'Updated pkg repositories successfully.')
    info(call, 'Upgraded pkgs successfully.')
  }
  info(call, 'Updating jail...')
  await freebsdUpdate(host, call, rootToUpdate(host, jail), ['fetch', 'install'])
  info(call, 'Updated jail successfully.')
  keepRelease(host, jail)
  if (isStarted) await stopJail(host, silent(call), jail, false)
  info(call, `\n${jail.name} updates have been applied successfully.`)
}

/** What a basejail runs lies in its release. */
function rootToUpdate(host: Host, jail: Jail): string {
  const config = fullConfig(jail.folder)
  const release = text(config, 'release').replace(/-p\d+$/, '')
  return isTrue(config['basejail']) ? join(iocRoot(host), 'releases', release, 'root') : join(jail.folder, 'root')
}

async function startIfDown(host: Host, call: Call, jail: Jail): Promise<boolean> {
  if (runningJail(host, jail.name) !== undefined) return false
  await startJail(host, silent(call), jail)
  return true
}

async function freebsdUpdate(host: Host, call: Call, root: string, words: string[]): Promise<void> {
  const ran = await run(host, call, 'freebsd-update', ['-b', root, '--not-running-from-cron', ...words])
  call.out(ran.out)
  // With nothing to install it ends badly; that is no mistake.
  if (ran.code !== 0 && !/No updates/.test(ran.out + ran.err)) fail(ran.err.trimEnd())
}

function keepRelease(host: Host, jail: Jail): void {
  const version = userlandVersion(rootToUpdate(host, jail))
  if (version !== undefined) writeConfig(jail.folder, { ...readConfig(jail.folder), release: version })
}

/** iocage upgrade. */
export async function upgrade(host: Host, call: Call, args: string[]): Promise<void> {
  const usage = '[OPTIONS] JAIL'
  const words = readWords('upgrade', args, { values: { '-r': 'release', '--release': 'release' }, usage })
  const wanted = oneOperand('upgrade', usage, words, 'JAIL')
  const release = words.value('release')
  if (release === undefined) throw usageError('upgrade', usage, "Missing option '--release' / '-r'.")
  if (Number.parseFloat(release) > 15.1)
    fail(`\nHost: 15.1 is not greater than target: ${Number.parseFloat(release)}\nThis is unsupported.`)
  for (const jail of meansAll(wanted) ? await allJails(host, call) : [await needJail(host, call, wanted)])
    await upgradeJail(host, call, jail, release)
}

async function upgradeJail(host: Host, call: Call, jail: Jail, release: string): Promise<void> {
  const config = fullConfig(jail.folder)
  const before = text(config, 'release')
  if (before.includes(release)) fail(`Jail: ${jail.name} is already at version ${release}!`)
  if (before === 'EMPTY') fail('Upgrading is not supported for empty jails.')
  if (config['type'] === 'template') fail(`Please convert back to a jail before trying to upgrade ${jail.name}`)
  const isBasejail = isTrue(config['basejail'])
  if (isBasejail && !existsSync(join(iocRoot(host), 'releases', release))) fail(`RELEASE: ${release} not found!`)
  const day = new Date().toISOString().slice(0, 10)
  await snapshotJail(host, silent(call), jail, `ioc_upgrade_${day}`)
  const isStarted = await startIfDown(host, call, jail)
  if (isBasejail) moveBaseMounts(host, jail, before.replace(/-p\d+$/, ''), release)
  else {
    await freebsdUpdate(host, call, join(jail.folder, 'root'), ['-r', release, 'upgrade'])
    await freebsdUpdate(host, call, join(jail.folder, 'root'), ['install'])
    await freebsdUpdate(host, call, join(jail.folder, 'root'), ['install'])
  }
  const now = (isBasejail ? undefined : userlandVersion(join(jail.folder, 'root'))) ?? release
  writeConfig(jail.folder, { ...readConfig(jail.folder), release: now, ...(isBasejail ? { cloned_release: release } : {}) })
  if (isStarted) await stopJail(host, silent(call), jail, false)
  const advice = isBasejail ? `\nPlease reboot the jail and inspect.\nRemove the snapshot: ioc_upgrade_${day} if everything is OK\n` : ''
  info(call, `\n${jail.name} successfully upgraded from ${before} to ${now}!${advice}`)
}
