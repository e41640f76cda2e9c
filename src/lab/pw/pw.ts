import { mkdirSync } from 'node:fs'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { resolveInJail, type InsideProgram } from '../inside/inside.ts'
import { refuse } from '../refuse.ts'
import { loadAccounts, rootOnHost, saveAccounts, type AccountRoot, type Accounts } from './accounts.ts'
import { isCommand, parseWish, type Wish } from './options.ts'

const dataError = 65
const noUser = 67

const noPermission = 77

/** pw(8): users, with a group of their own. Owners of files are not imitated. */
export async function pw(host: Host, call: Call): Promise<number> {
  const hasRoot = call.args[0] === '-R'
  const root = hasRoot ? (call.args[1] ?? '') : '/'
  if (!root.startsWith('/')) return refuse('pw', `${call.args.join(' ')} is not imitated here`)
  return run(rootOnHost(host, root), hasRoot ? call.args.slice(2) : call.args, call)
}

/** In a jail no link leads out of it. */
export const pwInJail: InsideProgram = (at, call) =>
  run({ find: (path) => resolveInJail(at, path, { followLast: false }), shown: (path) => path }, call.args, call)

async function run(root: AccountRoot, args: string[], call: Call): Promise<number> {
  const [command = '', ...rest] = args
  if (!isCommand(command)) return refuse('pw', `${call.args.join(' ')} is not imitated here`)
  const wish = await parseWish(command, rest, call)
  const accounts = loadAccounts(root)
  const user = accounts.users.find(([name]) => name === wish.name)
  if (command === 'useradd') {
    if (user !== undefined) return fail(call, `login name \`${wish.name}' already exists`, dataError)
    return add(root, accounts, wish)
  }
  if (user === undefined) return fail(call, `no such user \`${wish.name}'`, noUser)
  if (command === 'lock' || command === 'unlock') return lock(accounts, user, command, call)
  if (command === 'usershow') call.out(`${user.join(':')}\n`)
  else if (command === 'usermod') change(accounts, user, wish)
  else if (wish.name === 'root') return fail(call, "cannot remove user 'root'", dataError)
  else remove(accounts, wish.name)
  return 0
}

const locked = '*LOCKED*'

/** A mark before the password, which stays. */
function lock(accounts: Accounts, user: string[], command: 'lock' | 'unlock', call: Call): number {
  const [name = '', password = ''] = user
  const isLocked = password.startsWith(locked)
  if (isLocked === (command === 'lock')) return fail(call, `user '${name}' is ${isLocked ? 'already locked' : 'not locked'}`, noPermission)
  user[1] = isLocked ? password.slice(locked.length) : `${locked}${password}`
  saveAccounts(accounts)
  return 0
}

function fail(call: Call, message: string, code: number): number {
  call.err(`pw: ${message}\n`)
  return code
}

function add(root: AccountRoot, accounts: Accounts, wish: Wish): number {
  const { name, shell = '/bin/sh', home = `/home/${wish.name}`, password = '*' } = wish
  const uid = nextNumber(accounts.users)
  const gid = groupFor(accounts, name, uid)
  accounts.users.push([name, password, uid, gid, '', '0', '0', 'User &', home, shell])
  if (wish.makeHome) makeFolders(root, home)
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

function makeFolders(root: AccountRoot, home: string): void {
  const parts = home.split('/').filter((part) => part !== '')
  for (const [index] of parts.entries()) {
    const step = root.find(`/${parts.slice(0, index + 1).join('/')}`)
    if (step.kind === 'error' || (step.kind === 'missing' && step.readOnly))
      refuse('pw', `${home} cannot be made there, or a link leads out of the lab`)
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
