import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { moveBaseMounts } from './basejail.ts'
import { oneOperand, readWords, usageError } from './click.ts'
import { fullConfig, isTrue, readConfig, text, writeConfig, type Config } from './config.ts'
import { allJails, iocRoot, meansAll, needJail, runningJail, type Jail } from './jails.ts'
import { userlandVersion } from './make.ts'
import { snapshotJail } from './snapshots.ts'
import { fail, info, run, silent, type Ran } from './speech.ts'
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
  await patch(host, call, jail)
  info(call, 'Updated jail successfully.')
  if (isStarted) await stopJail(host, silent(call), jail, false)
  info(call, `\n${jail.name} updates have been applied successfully.`)
}

/** With nothing to install freebsd-update ends badly, and so does iocage: with no word, and a jail that it started left running. */
async function patch(host: Host, call: Call, jail: Jail): Promise<void> {
  const config = fullConfig(jail.folder)
  const release = text(config, 'release').replace(/-p\d+$/, '')
  const isBasejail = isTrue(config['basejail'])
  // What a basejail runs lies in its release.
  const root = isBasejail ? join(iocRoot(host), 'releases', release, 'root') : join(jail.folder, 'root')
  info(call, `\n* Updating ${isBasejail ? release : jail.name} to the latest patch level... `)
  if (!existsSync(join(root, 'etc/freebsd-update.conf')))
    fail(`Failed to update: ${root}/etc/freebsd-update.conf not found or is not a file.`)
  // The real one says what it runs by UNAME_r in the environment.
  for (const words of [
    ['--not-running-from-cron', '--currently-running', release, 'fetch'],
    ['--currently-running', release, 'install'],
  ]) {
    const ran = await freebsdUpdate(host, call, root, words)
    if (ran.code !== 0 && !isBasejail) fail(ran.err)
  }
  const version = userlandVersion(root) ?? release
  for (const each of isBasejail ? await allJails(host, call) : [jail]) {
    const own = fullConfig(each.folder)
    const isMeant = each.name === jail.name || (isTrue(own['basejail']) && text(own, 'release').startsWith(release))
    if (isMeant) keep(each, { release: version })
  }
}

function keep(jail: Jail, values: Config): void {
  writeConfig(jail.folder, { ...readConfig(jail.folder), ...values })
}

async function freebsdUpdate(host: Host, call: Call, root: string, words: string[]): Promise<Ran> {
  const own = ['-b', root, '-d', `${root}/var/db/freebsd-update/`, '-f', `${root}/etc/freebsd-update.conf`]
  const ran = await run(host, call, 'freebsd-update', [...own, ...words], Buffer.from('y\n'))
  call.out(ran.out)
  return ran
}

async function startIfDown(host: Host, call: Call, jail: Jail): Promise<boolean> {
  if (runningJail(host, jail.name) !== undefined) return false
  await startJail(host, silent(call), jail)
  return true
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
  const isStarted = await startIfDown(host, call, jail)
  const isBasejail = isTrue(config['basejail'])
  const day = new Date().toISOString().slice(0, 10)
  const now = isBasejail ? await upgradeBase(host, call, jail, release, day) : await upgradeWhole(host, call, jail, before, release)
  if (isStarted) await stopJail(host, silent(call), jail, false)
  const advice = isBasejail ? `\nPlease reboot the jail and inspect.\nRemove the snapshot: ioc_upgrade_${day} if everything is OK\n` : ''
  info(call, `\n${jail.name} successfully upgraded from ${before} to ${now}!${advice}`)
}

/** Without its configuration file nothing happens, which is a success to None. */
async function upgradeWhole(host: Host, call: Call, jail: Jail, before: string, release: string): Promise<string> {
  const root = join(jail.folder, 'root')
  if (!existsSync(join(root, 'etc/freebsd-update.conf'))) return 'None'
  const running = ['--currently-running', before]
  const fetched = await freebsdUpdate(host, call, root, ['--not-running-from-cron', ...running, '-r', release, 'upgrade'])
  if (fetched.code !== 0) fail(fetched.err)
  if (!isPending(root)) fail('Upgrade failed, nothing to install after fetch!')
  for (let turn = 0; turn < 50 && isPending(root); turn++) {
    const ran = await freebsdUpdate(host, call, root, ['-r', release, 'install'])
    if (ran.code !== 0) fail(ran.err)
  }
  if (isPending(root)) fail(`Upgrade failed, freebsd-update won't finish!`)
  const now = userlandVersion(root) ?? release
  keep(jail, { release: now })
  return now
}

function isPending(root: string): boolean {
  const folder = join(root, 'var/db/freebsd-update')
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('-install'))
}

/** It looks at another release from now on. The real one merges /etc from that release's sources too, which the lab has not. */
async function upgradeBase(host: Host, call: Call, jail: Jail, release: string, day: string): Promise<string> {
  const root = join(iocRoot(host), 'releases', release, 'root')
  if (!existsSync(root)) fail(`${release} is missing, please fetch it!`)
  await snapshotJail(host, silent(call), jail, `ioc_upgrade_${day}`)
  moveBaseMounts(host, jail, text(fullConfig(jail.folder), 'release').replace(/-p\d+$/, ''), release)
  const now = userlandVersion(root) ?? release
  keep(jail, { release: now })
  return now
}
