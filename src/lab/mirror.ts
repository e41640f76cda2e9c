import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { makeBase, makeBaseArchive } from './base.ts'
import type { Host } from './host.ts'
import { runReal } from './real.ts'

/** What the lab's download.freebsd.org has. */
const releases = ['15.1-RELEASE', '15.0-RELEASE', '14.3-RELEASE']

const pattern =
  /^(?:https?|ftp):\/\/(?:download|ftp[0-9]*)\.freebsd\.org\/(?:ftp\/|pub\/FreeBSD\/)?releases\/amd64\/(?:amd64\/)?([^/]+)\/(base\.txz|MANIFEST)$/i

/** The real file behind a URL of the mirror; a release is made at the first asking. undefined: there is no such thing. */
export async function mirrorFile(host: Host, url: string): Promise<string | undefined> {
  const [, release = '', file = ''] = pattern.exec(url) ?? []
  if (!releases.includes(release)) return undefined
  const made = await host.locks.run(`mirror ${release}`, () => makeRelease(host, release))
  return file === 'MANIFEST' ? made.manifest : made.archive
}

async function makeRelease(host: Host, release: string): Promise<{ archive: string; manifest: string }> {
  const folder = join(host.paths.host, 'usr/freebsd-dist', release)
  const manifest = join(folder, 'MANIFEST')
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(host.paths.folder, 'run'), { recursive: true })
  const tree = mkdtempSync(join(host.paths.folder, 'run/release-'))
  makeBase(tree)
  const version = release.replace('-RELEASE', '')
  writeFileSync(join(tree, 'bin/freebsd-version'), `#!/bin/sh\n# lab: imitated\nUSERLAND_VERSION="${release}"\n`, { mode: 0o755 })
  writeFileSync(join(tree, 'var/run/os-release'), `NAME=FreeBSD\nVERSION="${release}"\nVERSION_ID="${version}"\nID=freebsd\n`)
  const archive = await makeBaseArchive(tree, folder)
  rmSync(tree, { recursive: true })
  if (!existsSync(manifest)) writeFileSync(manifest, await manifestLine(archive))
  return { archive, manifest }
}

async function manifestLine(archive: string): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(archive)).digest('hex')
  const { text } = await runReal('tar', ['-tf', archive], { cwd: '/' })
  const count = text.split('\n').length - 1
  return `base.txz\t${digest}\t${count}\tbase\t"Base system (MANDATORY)"\ton\n`
}
