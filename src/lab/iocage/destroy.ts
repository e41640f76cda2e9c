import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { confirm, readWords } from './click.ts'
import { readConfig, text, type Config } from './config.ts'
import { iocRoot, needJail, poolDataset, runningJail, type Jail } from './jails.ts'
import { fail, info, IocageError, run, silent, warn } from './speech.ts'
import { dropMounts, stopJail } from './stop.ts'

const flags = {
  '-f': 'force',
  '--force': 'force',
  '-r': 'release',
  '--release': 'release',
  '-R': 'recursive',
  '--recursive': 'recursive',
  '-d': 'download',
  '--download': 'download',
}

/** iocage destroy. */
export async function destroy(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('destroy', args, { flags, usage: '[OPTIONS] [JAILS]...' })
  const force = words.flags.has('force')
  const isRelease = words.flags.has('release')
  if (words.flags.has('download') && !isRelease) fail('--release (-r) must be specified as well!')
  if (words.operands.length === 0) fail(`Please specify one or more ${isRelease ? 'RELEASEs' : 'jails'}!`)
  for (const wanted of words.operands) {
    if (!force) {
      warn(call, `\nThis will destroy ${isRelease ? `RELEASE: ${wanted}` : `jail ${wanted}`}`)
      if (!(await confirm(call, '\nAre you sure?'))) continue
    }
    const children = await dependents(host, call, wanted, force, words.flags.has('recursive'))
    if (isRelease) await destroyRelease(host, call, wanted, children)
    else await destroyNamed(host, call, wanted, force)
  }
}

/** Every snapshot of the root counts as a dependent jail, the jail's own too. */
async function dependents(host: Host, call: Call, name: string, force: boolean, recursive: boolean): Promise<string[]> {
  const root = iocRoot(host)
  const place = [`jails/${name}/root`, `releases/${name}`, `templates/${name}/root`].find((path) => existsSync(join(root, path)))
  if (place === undefined) {
    if (force) return []
    warn(call, 'Partial UUID/NAME supplied, cannot check for dependant jails.')
    if (!(await confirm(call, '\nProceed?'))) throw new IocageError('', 0)
    return []
  }
  const { out } = await run(host, call, 'zfs', ['list', '-H', '-r', '-t', 'snapshot', '-o', 'name', `${poolDataset}/${place}`])
  const names = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(line.indexOf('@') + 1))
  if (names.length > 0 && !force && !recursive) {
    warn(call, `\n${name} has dependent jails (who may also have dependents), use --recursive to destroy: `)
    fail(
      names
        .toSorted()
        .map((each) => `  ${each}\n`)
        .join(''),
    )
  }
  return names
}

async function destroyNamed(host: Host, call: Call, wanted: string, force: boolean): Promise<void> {
  const jail = await needJail(host, call, wanted)
  if (runningJail(host, jail.name) !== undefined) {
    if (!force) fail(`Jail ${jail.name} is still running, please stop the jail first or destroy it with -f`)
    info(call, `Stopping ${jail.name}`)
  }
  info(call, `Destroying ${jail.name}`)
  await destroyJail(host, call, jail)
}

/** With all that was cloned from it: iocage gives zfs destroy -R. */
export async function destroyJail(host: Host, call: Call, jail: Jail): Promise<void> {
  const config = configIfAny(jail)
  if (config !== undefined && runningJail(host, jail.name) !== undefined) await stopQuietly(host, call, jail)
  await dropMounts(host, call, jail)
  for (const dataset of [`${jail.dataset}/root`, jail.dataset]) {
    const ran = await run(host, call, 'zfs', ['list', '-H', '-o', 'name', dataset])
    if (ran.code !== 0) continue
    const destroyed = await run(host, call, 'zfs', ['destroy', '-r', '-Rf', dataset])
    if (destroyed.code !== 0) fail(destroyed.err.trimEnd())
  }
  rmSync(join(iocRoot(host), 'log', `${jail.name}-console.log`), { force: true })
  if (config !== undefined) await dropSource(host, call, jail.name, config)
}

async function stopQuietly(host: Host, call: Call, jail: Jail): Promise<void> {
  try {
    await stopJail(host, silent(call), jail, false)
  } catch (error) {
    // iocage does not care why: the datasets go all the same.
    if (!(error instanceof IocageError)) throw error
  }
}

function configIfAny(jail: Jail): Config | undefined {
  try {
    return readConfig(jail.folder)
  } catch (error) {
    if (error instanceof IocageError) return undefined
    throw error
  }
}

/** The snapshot that the jail was cloned from. */
async function dropSource(host: Host, call: Call, name: string, config: Config): Promise<void> {
  const release = text(config, config['cloned_release'] === undefined ? 'release' : 'cloned_release')
  const ran = await run(host, call, 'zfs', ['destroy', `${poolDataset}/releases/${release}/root@${name}`])
  if (ran.code === 0 || config['source_template'] === undefined) return
  await run(host, call, 'zfs', ['destroy', '-r', `${poolDataset}/templates/${text(config, 'source_template')}@${name}`])
}

async function destroyRelease(host: Host, call: Call, name: string, children: string[]): Promise<void> {
  if (!existsSync(join(iocRoot(host), 'releases', name))) fail(`Release: ${name} not found!`)
  if (children.length > 0) refuse('iocage', `destroy of a release that jails depend on (${children.join(', ')}) is not imitated here`)
  info(call, `Destroying RELEASE dataset: ${name}`)
  const ran = await run(host, call, 'zfs', ['destroy', '-r', '-Rf', `${poolDataset}/releases/${name}`])
  if (ran.code !== 0) fail(ran.err.trimEnd())
}
