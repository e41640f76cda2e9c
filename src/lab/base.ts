import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findReal } from './client.ts'
import { runReal } from './real.ts'
import { wordsOf } from './words.ts'
import { zoneFiles } from './zoneinfo.ts'

const passwd = `root:*:0:0:Charlie &:/root:/bin/sh
toor:*:0:0:Bourne-again Superuser:/root:
daemon:*:1:1:Owner of many system processes:/root:/usr/sbin/nologin
operator:*:2:5:System &:/:/usr/sbin/nologin
www:*:80:80:World Wide Web Owner:/nonexistent:/usr/sbin/nologin
nobody:*:65534:65534:Unprivileged user:/nonexistent:/usr/sbin/nologin
`

const group = 'wheel:*:0:root\ndaemon:*:1:\noperator:*:5:root\nwww:*:80:\nnobody:*:65534:\n'

const folders = wordsOf(`
  bin sbin dev lib libexec media mnt proc root tmp etc/rc.d etc/rc.conf.d etc/newsyslog.conf.d
  usr/bin usr/sbin usr/lib usr/share usr/home usr/local/bin usr/local/sbin usr/local/etc/rc.d usr/local/www
  var/cache var/db var/db/freebsd-update var/empty var/log var/run var/tmp var/mail
`)

const script = '#!/bin/sh\n# lab: imitated\n'

const files: Record<string, string> = {
  ...zoneFiles,
  'etc/passwd': passwd,
  'etc/master.passwd': passwd.replaceAll(/^([^:]+:\*:\d+:\d+):/gm, '$1::0:0:'),
  'etc/group': group,
  'etc/hosts': '::1\t\t\tlocalhost\n127.0.0.1\t\tlocalhost\n',
  'etc/rc.conf': '',
  'etc/rc': script,
  'etc/rc.shutdown': script,
  'etc/rc.subr': script,
  'etc/rc.d/cron': script,
  'etc/rc.d/syslogd': script,
  'etc/rc.d/sshd': script,
  'etc/freebsd-update.conf': '# Components of the base system which should be kept updated.\nComponents src world kernel\n',
  'etc/newsyslog.conf': '# configuration file for newsyslog\n',
  'var/run/os-release': 'NAME=FreeBSD\nVERSION="15.1-RELEASE-p1"\nVERSION_ID="15.1"\nID=freebsd\n',
}

const programs = [
  'bin/cat',
  'bin/sh',
  'bin/ls',
  'bin/echo',
  'bin/rm',
  'bin/mv',
  'bin/mkdir',
  'bin/hostname',
  'usr/bin/uname',
  'usr/bin/true',
  'usr/bin/false',
  'usr/bin/tee',
]

export interface BaseFile {
  name: string
  text: string
  mode: number
}

/** What a release of the base system consists of; its files tell the releases apart by bin/freebsd-version alone. */
export function baseTree(release = '15.1-RELEASE'): { folders: string[]; files: BaseFile[] } {
  const texts = [...Object.entries(files), ...programs.map((name) => [name, script] as const)]
  const version = { name: 'bin/freebsd-version', text: versionScript(release), mode: 0o755 }
  return { folders, files: [version, ...texts.map(([name, text]) => ({ name, text, mode: text.startsWith('#!') ? 0o755 : 0o644 }))] }
}

/** The line of it that says how far the userland is updated is all that is read of it. */
export function versionScript(release: string): string {
  return `${script}USERLAND_VERSION="${release}"\n`
}

/** A tiny userland: enough of the tree for jails to be made of, without any program in it. */
export function makeBase(folder: string, release?: string): void {
  const tree = baseTree(release)
  for (const name of tree.folders) mkdirSync(join(folder, name), { recursive: true })
  for (const { name, text, mode } of tree.files) write(join(folder, name), text, mode)
}

function write(path: string, text: string, mode: number): void {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode })
}

/** base.txz as a release has it; .tar.gz where the machine has no xz. Returns its path. */
export function makeBaseArchive(base: string, folder: string): Promise<string> {
  return makeArchive(base, folder, 'base')
}

/** A set of a release: NAME.txz with all that lies in a folder. */
export async function makeArchive(base: string, folder: string, name: string): Promise<string> {
  const isXz = findReal('xz') !== undefined
  const archive = join(folder, isXz ? `${name}.txz` : `${name}.tar.gz`)
  if (existsSync(archive)) return archive
  mkdirSync(folder, { recursive: true })
  const { code, text } = await runReal('tar', [isXz ? '-cJf' : '-czf', archive, '-C', base, '.'], { cwd: base })
  if (code !== 0) throw new Error(`lab: cannot make ${archive}: ${text}`)
  return archive
}
