import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { resolveOnHost } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { loadAccounts, saveAccounts, type Accounts } from './accounts.ts'
import { isCommand, parseWish, type Wish } from './options.ts'

const dataError = 65
const noUser = 67

/** pw(8): users, with a group of their own. Owners of files are not imitated. */
export async function pw(host: Host, call: Call): Promise<number> {
  const hasRoot = call.args[0] === '-R'
  const root = hasRoot ? (call.args[1] ?? '') : '/'
  const [command = '', ...rest] = call.args.slice(hasRoot ? 2 : 0)
  if (!isCommand(command) || !root.startsWith('/')) return refuse('pw', `${call.args.join(' ')} is not imitated here`)
  const wish = await parseWish(command, rest, call)
  const accounts = loadAccounts(host, root)
  const user = accounts.users.find(([name]) => name === wish.name)
  if (command === 'useradd') {
    if (user !== undefined) return fail(call, `login name \`${wish.name}' already exists`, dataError)
    return add(host, accounts, wish, root)
  }
  if (user === undefined) return fail(call, `no such user \`${wish.name}'`, noUser)
  if (command === 'usershow') call.out(`${user.join(':')}\n`)
  else if (command === 'usermod') change(accounts, user, wish)
  else if (wish.name === 'root') return fail(call, "cannot remove user 'root'", dataError)
  else remove(accounts, wish.name)
  return 0
}

function fail(call: Call, message: string, code: number): number {
  call.err(`pw: ${message}\n`)
  return code
}

function add(host: Host, accounts: Accounts, wish: Wish, root: string): number {
  const { name, shell = '/bin/sh', home = `/home/${wish.name}`, password = '*' } = wish
  const uid = nextNumber(accounts.users)
  const gid = groupFor(accounts, name, uid)
  accounts.users.push([name, password, uid, gid, '', '0', '0', 'User &', home, shell])
  if (wish.makeHome) makeFolders(host, root, home)
  saveAccounts(accounts)
  return 0
}

/** One more than the highest in use: the first is 1001. */
function nextNumber(lines: string[][]): string {
  const numbers = lines.map((fields) => Number(fields[2])).filter((number) => number >= 1000 && number <= 32000)
  return String(Math.max(1000, ...numbers) + 1)
}

function groupFor({ groups }: Accounts, name: string, uid: string): string {
  const own = groups.find(([group]) => group === name)
  if (own !== undefined) return (own[3] ?? '') === '' ? (own[2] ?? uid) : refuse('pw', `a group ${name} with members is not imitated here`)
  const gid = groups.some((fields) => fields[2] === uid) ? nextNumber(groups) : uid
  groups.push([name, '*', gid, ''])
  return gid
}

function makeFolders(host: Host, root: string, home: string): void {
  const parts = home.split('/').filter((part) => part !== '')
  for (const [index] of parts.entries()) {
    const step = resolveOnHost(host.paths, join(root, ...parts.slice(0, index + 1)))
    if (step.kind === 'error') refuse('pw', `${home} is not there, or a link leads out of the lab`)
    else if (step.kind === 'missing') mkdirSync(step.path)
  }
}

function change(accounts: Accounts, user: string[], wish: Wish): void {
  if (wish.password !== undefined) user[1] = wish.password
  if (wish.home !== undefined) user[8] = wish.home
  if (wish.shell !== undefined) user[9] = wish.shell
  saveAccounts(accounts)
}

function remove(accounts: Accounts, name: string): void {
  const groups = accounts.groups.map((fields) => {
    const [group = '', password = '', gid = '', members] = fields
    return members === undefined ? fields : [group, password, gid, without(members, name)]
  })
  saveAccounts({
    ...accounts,
    users: accounts.users.filter(([user]) => user !== name),
    groups: groups.filter(([group, , , members]) => group !== name || members !== ''),
  })
}

function without(members: string, name: string): string {
  return members
    .split(',')
    .filter((member) => member !== name)
    .join(',')
}
