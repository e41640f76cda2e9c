import { readFileSync } from 'node:fs'
import { resolveInside } from './paths.ts'

export interface User {
  name: string
  uid: number
  gid: number
}

/** Looks a user up in ROOT/etc/passwd. */
export function findUser(root: string, name: string): User | undefined {
  const row = rows(root, '/etc/passwd').find((fields) => fields[0] === name)
  return row === undefined ? undefined : { name, uid: Number(row[2]), gid: Number(row[3]) }
}

export function hasUser(root: string, name: string): boolean {
  if (resolveInside(root, '/etc/passwd').kind !== 'found') return name === 'root'
  return findUser(root, name) !== undefined
}

export function hasGroup(root: string, name: string): boolean {
  return rows(root, '/etc/group').some((fields) => fields[0] === name)
}

/** What id(1) says: the user's groups as `home` has them, all names as `root` knows them. */
export function identity(user: User, home: string, root: string): string {
  const others = rows(home, '/etc/group').filter((row) => row[3]?.split(',').includes(user.name) && Number(row[2]) !== user.gid)
  const groups = [user.gid, ...others.map((row) => Number(row[2]))].map((gid) => withName(root, '/etc/group', gid))
  return `uid=${withName(root, '/etc/passwd', user.uid)} gid=${withName(root, '/etc/group', user.gid)} groups=${groups.join(',')}`
}

function withName(root: string, file: string, number: number): string {
  const name = rows(root, file).find((row) => row[2] === String(number))?.[0]
  return name === undefined ? String(number) : `${number}(${name})`
}

function rows(root: string, file: string): string[][] {
  const found = resolveInside(root, file)
  if (found.kind !== 'found') return []
  const lines = readFileSync(found.path, 'utf8').split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(':'))
}
