import { passLostConnection } from '../../core/errors.ts'
import type { Manager, Release } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { ask } from './ask.ts'
import { inBatches } from './batches.ts'

/** What jails can be made from, of each manager. Patch levels are read from the releases' own files: these are the host's, no jail writes there. */
export async function observeReleases(shell: Shell, layout: Layout): Promise<Release[]> {
  const { releases, base, bastille, iocage, ezjail } = layout
  const all = await Promise.all([
    inFolder(shell, { manager: 'jail.conf', folder: releases }),
    baseOf(shell, base),
    inFolder(shell, { manager: 'bastille', folder: `${bastille.prefix}/releases` }),
    inFolder(shell, { manager: 'iocage', folder: `${iocage.root}/releases`, below: '/root' }),
    sharedBase(shell, `${ezjail.jails}/basejail`),
  ])
  return all.flat()
}

/** As the folders of the mirror are called: `amd64`, or `arm64/aarch64`. */
export async function observePlatform(shell: Shell): Promise<string> {
  const [machine, processor] = await Promise.all(['-m', '-p'].map(async (flag) => (await ask(shell, ['uname', flag])).stdout.trim()))
  return machine === processor ? `${machine}` : `${machine}/${processor}`
}

interface Place {
  manager: Manager
  folder: string
  /** Where the tree begins, below a release's own folder. */
  below?: string
}

/** Names that begin with a dot are being made or taken away. */
async function inFolder(shell: Shell, { manager, folder, below = '' }: Place): Promise<Release[]> {
  const names = (await shell.list(folder)).filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
  const found = await inBatches(names, async (name): Promise<Release[]> => {
    const path = `${folder}/${name}`
    if ((await shell.stat(path))?.kind !== 'folder') return []
    return [{ manager, name, path, ...(await patchLevelOf(shell, `${path}${below}`)) }]
  })
  return found.flat()
}

async function baseOf(shell: Shell, path: string): Promise<Release[]> {
  const kind = (await shell.stat(path))?.kind
  if (kind === undefined) return []
  return [{ manager: 'jail.conf', name: 'base', path, ...(kind === 'folder' && (await patchLevelOf(shell, path))) }]
}

/** ezjail has one, and it is called as it was fetched. */
async function sharedBase(shell: Shell, path: string): Promise<Release[]> {
  if ((await shell.stat(path))?.kind !== 'folder') return []
  const level = await patchLevelOf(shell, path)
  return [{ manager: 'ezjail', name: level.patchLevel?.replace(/-p[0-9]+$/, '') ?? 'basejail', path, ...level }]
}

async function patchLevelOf(shell: Shell, tree: string): Promise<{ patchLevel?: string }> {
  const text = await shell.readFile(`${tree}/bin/freebsd-version`).catch(passLostConnection)
  const [, patchLevel] = /^USERLAND_VERSION="([A-Za-z0-9._-]+)"$/m.exec(text ?? '') ?? []
  return patchLevel === undefined ? {} : { patchLevel }
}
