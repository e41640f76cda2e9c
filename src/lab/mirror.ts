import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { makeArchive, makeBase, makeBaseArchive } from './base.ts'
import type { Host } from './host.ts'
import { runReal } from './real.ts'

/** What the lab's download.freebsd.org has. */
const releases = ['15.1-RELEASE', '15.0-RELEASE', '14.3-RELEASE']

const pattern =
  /^(?:https?|ftp):\/\/(?:download|ftp[0-9]*)\.freebsd\.org\/(?:ftp\/|pub\/FreeBSD\/)?releases\/amd64\/(?:amd64\/)?([^/]+)\/(base\.txz|lib32\.txz|MANIFEST)$/i

/** The real file behind a URL of the mirror; a release is made at the first asking. undefined: there is no such thing. */
export async function mirrorFile(host: Host, url: string): Promise<string | undefined> {
  const [, release = '', file = ''] = pattern.exec(url) ?? []
  if (!releases.includes(release)) return undefined
  const made = await host.locks.run(`mirror ${release}`, () => makeRelease(host, release))
  if (file === 'MANIFEST') return made.manifest
  return file === 'lib32.txz' ? made.lib32 : made.archive
}

async function makeRelease(host: Host, release: string): Promise<{ archive: string; lib32: string; manifest: string }> {
  const folder = join(host.paths.host, 'usr/freebsd-dist', release)
  const manifest = join(folder, 'MANIFEST')
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(host.paths.folder, 'run'), { recursive: true })
  const tree = mkdtempSync(join(host.paths.folder, 'run/release-'))
  makeBase(tree, release)
  const version = release.replace('-RELEASE', '')
  writeFileSync(join(tree, 'var/run/os-release'), `NAME=FreeBSD\nVERSION="${release}"\nVERSION_ID="${version}"\nID=freebsd\n`)
  const archive = await makeBaseArchive(tree, folder)
  rmSync(tree, { recursive: true })
  mkdirSync(join(tree, 'usr/lib32'), { recursive: true })
  const lib32 = await makeArchive(tree, folder, 'lib32')
  rmSync(tree, { recursive: true })
  if (!existsSync(manifest)) writeFileSync(manifest, await manifestOf(archive, lib32))
  return { archive, lib32, manifest }
}

/** The MANIFEST of a release's sets. */
export async function manifestOf(base: string, lib32: string | undefined): Promise<string> {
  const line = await manifestLine(base, 'base', 'Base system (MANDATORY)')
  return lib32 === undefined ? line : line + (await manifestLine(lib32, 'lib32', '32-bit compatibility libraries'))
}

async function manifestLine(archive: string, name: string, description: string): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(archive)).digest('hex')
  const { text } = await runReal('tar', ['-tf', archive], { cwd: '/' })
  const count = text.split('\n').length - 1
  return `${name}.txz\t${digest}\t${count}\t${name}\t"${description}"\ton\n`
}
