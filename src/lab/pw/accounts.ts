import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../host.ts'
import { resolveOnHost, type Inside } from '../paths.ts'
import { refuse } from '../refuse.ts'

/** The account files of the host or of another root; each line is its fields, and a comment is a line of one field. */
export interface Accounts {
  files: { master: string; passwd: string; group: string }
  /** name:password:uid:gid:class:change:expire:comment:home:shell */
  users: string[][]
  /** name:password:gid:members */
  groups: string[][]
}

/** Whose accounts: how a path of that system is found, and how it is called in messages. */
export interface AccountRoot {
  find(path: string): Inside
  shown(path: string): string
}

/** As the real pw -R does, this follows links at ROOT/etc: they lead to the host's own files. Never out of the lab. */
export function rootOnHost(host: Host, root: string): AccountRoot {
  return { find: (path) => resolveOnHost(host.paths, join(root, path), { followLast: false }), shown: (path) => join(root, path) }
}

export function loadAccounts(root: AccountRoot): Accounts {
  const file = (name: string) => fileOf(root, `/etc/${name}`)
  const files = { master: file('master.passwd'), passwd: file('passwd'), group: file('group') }
  return { files, users: readLines(files.master), groups: readLines(files.group) }
}

/** passwd is made of master.passwd, as pwd_mkdb(8) does. The databases beside them (pwd.db) are not imitated. */
export function saveAccounts({ files, users, groups }: Accounts): void {
  write(files.master, users)
  write(files.passwd, users.map(withoutSecrets))
  write(files.group, groups)
}

function fileOf(root: AccountRoot, path: string): string {
  const found = root.find(path)
  if (found.kind !== 'found') return refuse('pw', `${root.shown(path)} is not there, or a link leads out of the lab`)
  if (found.readOnly) return refuse('pw', `${root.shown(path)} lies on a read-only mount: not imitated here`)
  return lstatSync(found.path).isFile() ? found.path : refuse('pw', `${root.shown(path)} is no plain file: not imitated here`)
}

function readLines(file: string): string[][] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => (line.startsWith('#') ? [line] : line.split(':')))
}

function withoutSecrets(line: string[]): string[] {
  const [name = '', , uid = '', gid = '', , , , ...rest] = line
  return line.length === 1 ? line : [name, '*', uid, gid, ...rest]
}

function write(file: string, lines: string[][]): void {
  // A symlink may lie there, planted in a jail.
  rmSync(`${file}.new`, { force: true })
  writeFileSync(`${file}.new`, lines.map((fields) => `${fields.join(':')}\n`).join(''), { mode: lstatSync(file).mode & 0o777, flag: 'wx' })
  renameSync(`${file}.new`, file)
}
