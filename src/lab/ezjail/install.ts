import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { sayCopied } from './copy.ts'
import { fail } from './failure.ts'
import { parseOptions } from './options.ts'
import { run } from './run.ts'
import type { EzjailSettings } from './settings.ts'
import { sharedFolders, splitWorld } from './split.ts'
import { unameOf } from './system.ts'
import { updatePorts } from './ports.ts'
import { usage } from './usage.ts'

interface Source {
  /** `file`, `ftp`, `http`, … */
  protocol: string
  /** What follows `://`: with `file://mnt/x` a path that begins where ezjail-admin was called. */
  place: string
  release: string
}

export async function install(host: Host, settings: EzjailSettings, call: Call): Promise<number> {
  const options = parseOptions(call.args, 'mMpPsS', 'hr', usage.install)
  if (options.operands.length > 0) fail(usage.install)
  const withBase = !['M', 'S', 'P'].some((letter) => options.has(letter))
  if (Number(host.sysctls.get('kern.securelevel')) > 0) fail(secureText)
  if (!withBase && !existsSync(toReal(host.paths, settings.base))) fail(noBaseText)
  const source = sourceOf(host, options.value('h') || (settings.values.get('ftphost') ?? 'ftp.freebsd.org'), options.value('r'))
  if (options.has('m') || options.has('M')) call.out('Note: From FreeBSD 9.0 man pages are part of the base package\n')
  await run(host, call, 'rm', ['-rf', settings.full])
  await run(host, call, 'mkdir', ['-p', settings.full])
  await run(host, call, 'rm', ['-rf', settings.temporary])
  const packages = [...(withBase ? ['base', 'lib32'] : []), ...(options.has('s') || options.has('S') ? ['src'] : [])]
  for (const name of packages) await unpack(host, settings, source, name, withBase ? settings.full : settings.base, call)
  if (withBase) {
    await run(host, call, 'freebsd-update', ['-b', settings.full, 'fetch', 'install'])
    await split(host, settings, call)
  }
  if (options.has('p') || options.has('P')) await updatePorts(host, settings, call)
  return 0
}

const secureText =
  'Error: You are running in a secure level higher than 0.\n  ezjail-admin will not install correctly.\n  Please reboot into a lower secure level.'
const noBaseText =
  "Error: The basejail does not exist.\n  You cannot install distribution packages before creating ezjails environment.\n  Please run 'ezjail-admin update' or 'ezjail-admin install' using lower case parameters first."

function sourceOf(host: Host, from: string, asked: string): Source {
  const sign = from.indexOf('://')
  const protocol = sign < 0 ? 'ftp' : from.slice(0, sign)
  const own = unameOf(host, '-r')
  const release = asked || (protocol === 'file' ? own : own.replace(/-p[0-9]+$/, ''))
  if (!/^[0-9]+(\.|$)/.test(release)) fail(`${release} does not look like a valid FreeBSD version descriptor`)
  return { protocol, place: sign < 0 ? from : from.slice(sign + 3), release }
}

async function unpack(host: Host, settings: EzjailSettings, source: Source, name: string, folder: string, call: Call): Promise<void> {
  if (source.protocol === 'file') {
    const file = `${source.place}/${name}.txz`
    if (existsSync(toReal(host.paths, file, call.cwd))) return void (await run(host, call, 'tar', ['-xpJf', file, '-C', folder]))
    const text = `Can not access package file ${file}`
    if (name !== 'lib32') fail(`Error: ${text}`)
    return call.out(`Warning: ${text}, ignored for auto added lib32.\n`)
  }
  await run(host, call, 'mkdir', ['-p', settings.temporary])
  const cwd = toReal(host.paths, settings.temporary)
  if (!(await fetchOne(host, source, name, cwd, call))) return notFetched(source, name, call)
  const code = await run(host, call, 'tar', ['-xpJf', join(cwd, `${name}.txz`), '-C', folder])
  await run(host, call, 'rm', ['-rf', settings.temporary])
  if (code !== 0) fail(`Error: Package install script for ${name} failed.`)
}

const folders = ['pub/FreeBSD/releases', 'pub/FreeBSD/snapshot', 'pub/FreeBSD', 'releases', 'snapshots', 'pub/FreeBSD-Archive/old-releases']

async function fetchOne(host: Host, { protocol, place, release }: Source, name: string, cwd: string, call: Call): Promise<boolean> {
  for (const folder of folders) {
    const url = `${protocol}://${place}/${folder}/amd64/amd64/${release}/${name}.txz`
    if ((await run(host, call, 'fetch', [url], { cwd })) === 0) return true
  }
  return false
}

function notFetched({ protocol, place, release }: Source, name: string, call: Call): never {
  const why = `Maybe your release (${release}) is specified incorrectly or the host ${place} does not provide that release build.`
  const hint = 'Use the -r option to specify an existing release or the -h option to specify an alternative ftp server.'
  call.err(`\nCould not fetch ${name} from ${protocol}://${place}.\n  ${why}\n  ${hint}\n`)
  if (protocol !== 'ftp') return fail()
  call.out('Querying your ftp-server... ')
  call.out(`Warning: I am having problems querying the ftp server you specified (${place}).\n`)
  return fail()
}

async function split(host: Host, settings: EzjailSettings, call: Call): Promise<void> {
  const place = (path: string) => toWritable(host.paths, 'ezjail-admin', path, '/')
  const world = {
    full: place(settings.full),
    base: place(settings.base),
    template: place(settings.template),
    flavours: place(settings.flavours),
    examples: place('/usr/local/share/examples/ezjail'),
  }
  if (!existsSync(join(world.full, 'etc'))) refuse('ezjail-admin', 'a base without an etc is not imitated here')
  for (const name of sharedFolders) sayCopied(world.full, name, settings.base, call)
  splitWorld(world)
  const why = 'in order to get the ports collection running inside jails'
  call.out(`Note: a non-standard /etc/make.conf was copied to the template jail ${why}.\n`)
}
