import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { readWords } from './click.ts'
import { iocRoot, poolDataset } from './jails.ts'
import { fail, info, run, zfs } from './speech.ts'

const flags = {
  '--noeol': 'noeol',
  '-E': 'noeol',
  '--eol': 'eol',
  '-F': 'file',
  '--files': 'file',
  '-U': 'noupdate',
  '--noupdate': 'noupdate',
  '--update': 'update',
  '--http': 'http',
  '-h': 'http',
}
const values = {
  '-r': 'release',
  '--release': 'release',
  '-d': 'folder',
  '--root-dir': 'folder',
  '-s': 'server',
  '--server': 'server',
  '-P': 'plugin',
  '--plugins': 'plugin',
}

/** iocage fetch: a release from the mirror, or with -F from a folder that has FOLDER/RELEASE/base.txz. */
export async function fetch(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('fetch', args, { flags, values, usage: '[OPTIONS] [PROPS]...' })
  for (const name of ['server', 'plugin']) if (words.value(name) !== undefined) refuse('iocage', `fetch with ${name} is not imitated here`)
  const release = words.value('release')
  if (words.flags.has('file')) {
    const folder = words.value('folder') ?? fail('Please supply --root-dir or -d.')
    return fetchFromFolder(host, call, release ?? fail('Please supply a RELEASE!'), toReal(host.paths, folder, call.cwd))
  }
  if (release === undefined) return refuse('iocage', 'fetch without -r would ask')
  if (!words.flags.has('noeol')) refuse('iocage', 'fetch without --noeol would read www.freebsd.org')
  return fetchRelease(host, call, release.toUpperCase())
}

/** Only what the lab's mirror has: MANIFEST and base.txz; without the update to the latest patches. */
export async function fetchRelease(host: Host, call: Call, release: string): Promise<void> {
  if (Number.parseFloat(release) >= 16) fail(`Host: 15.1-RELEASE is not greater than target: ${release}\nThis is unsupported.`)
  const folder = join(iocRoot(host), 'download', release)
  await zfs(host, call, 'create', '-p', `${poolDataset}/download/${release}`)
  info(call, `Fetching: ${release}\n`)
  for (const file of ['MANIFEST', 'base.txz']) {
    const url = `https://download.freebsd.org/ftp/releases/amd64/${release}/${file}`
    const ran = await run(host, call, 'fetch', ['-qo', join(folder, file), url])
    if (ran.code === 0) continue
    await zfs(host, call, 'destroy', '-r', `${poolDataset}/download/${release}`)
    fail(`${release} was not found!`)
  }
  await extract(host, call, release, join(folder, 'base.txz'))
}

async function fetchFromFolder(host: Host, call: Call, release: string, folder: string): Promise<void> {
  await zfs(host, call, 'create', '-p', `${poolDataset}/download/${release}`)
  for (const file of ['MANIFEST', 'base.txz']) {
    const from = join(folder, release, file)
    if (!existsSync(from)) {
      await zfs(host, call, 'destroy', '-r', `${poolDataset}/download/${release}`)
      fail(`${file} is a required file!\nPlease place it in ${folder}/${release}`)
    }
    info(call, `Copying: ${file}... `)
    copyFileSync(from, join(iocRoot(host), 'download', release, file))
  }
  await extract(host, call, release, join(iocRoot(host), 'download', release, 'base.txz'))
}

async function extract(host: Host, call: Call, release: string, archive: string): Promise<void> {
  info(call, 'Extracting: base.txz... ')
  await zfs(host, call, 'create', '-p', `${poolDataset}/releases/${release}/root`)
  const root = join(iocRoot(host), 'releases', release, 'root')
  const ran = await run(host, call, 'tar', ['-xpf', archive, '-C', root])
  if (ran.code !== 0) fail(ran.err.trimEnd())
  mkdirSync(join(root, 'usr/home'), { recursive: true })
}
