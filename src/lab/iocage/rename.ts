import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { readWords, usageError } from './click.ts'
import { exists, iocRoot, jailIn, needJail, poolDataset, runningJail } from './jails.ts'
import { setSilently } from './settings.ts'
import { fail, info, run, silent, zfs } from './speech.ts'
import { stopJail } from './stop.ts'

const usage = '[OPTIONS] JAIL NEW_NAME'

/** iocage rename: a running jail is stopped first, without a word, and stays so. */
export async function rename(host: Host, call: Call, args: string[]): Promise<void> {
  const { operands } = readWords('rename', args, { usage })
  const [wanted, name] = operands
  if (wanted === undefined) throw usageError('rename', usage, "Missing argument 'JAIL'.")
  if (name === undefined) throw usageError('rename', usage, "Missing argument 'NEW_NAME'.")
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) fail(`Invalid character in ${name}, please remove it.`)
  const jail = await needJail(host, call, wanted)
  if (exists(host, name)) fail(`Jail: ${name} already exists!`)
  const after = jailIn(host, jail.isTemplate ? 'templates' : 'jails', name)
  if (runningJail(host, jail.name) !== undefined) await stopJail(host, silent(call), jail, false)
  for (const release of readdirSync(join(iocRoot(host), 'releases')))
    await run(host, call, 'zfs', ['rename', '-r', `${poolDataset}/releases/${release}/root@${jail.name}`, `@${name}`])
  await zfs(host, call, 'rename', '-f', jail.dataset, after.dataset)
  setSilently(after, jail.name, name)
  const fstab = join(after.folder, 'fstab')
  if (existsSync(fstab)) writeFileSync(fstab, readFileSync(fstab, 'utf8').replaceAll(`${jail.folder}/`, `${after.folder}/`))
  info(call, `Jail: ${jail.name} renamed to ${name}`)
}
