import { isIPv4 } from 'node:net'
import type { Call } from './call.ts'
import { findJail, type Host, type Interface } from './host.ts'
import { absent, addAlias, dropAlias, findInterface, moveInterface, type Stack } from './network.ts'
import { refuse } from './refuse.ts'

/** The parameters of one ifconfig call, in their order; the first that fails ends it. */
export function changeInterface(host: Host, stack: Stack, call: Call, name: string, words: string[]): number {
  const [first, second = ''] = words
  if (first === '-vnet' && words.length === 2) return outOfJail(host, call, second, name)
  const found = findInterface(stack, name)
  if (found === undefined) return fail(call, absent(name))
  const waiting = [...words]
  while (waiting.length > 0) {
    const problem = step(host, stack, call, found, waiting)
    if (problem !== undefined) return fail(call, problem)
  }
  return 0
}

const noJail = 'ifconfig: jail_getid: No such file or directory'

/** Takes one parameter with its values from `waiting`. Returns ifconfig's complaint. */
function step(host: Host, stack: Stack, call: Call, found: Interface, waiting: string[]): string | undefined {
  const word = waiting.shift() ?? ''
  const value = () => waiting.shift() ?? refuse('ifconfig', `${call.args.join(' ')} is not imitated here`)
  switch (word) {
    case 'up':
    case 'down':
      found.up = word === 'up'
      return undefined
    case 'description':
    case 'descr':
      found.description = value()
      return undefined
    case 'ether':
      found.ether = value()
      return undefined
    case 'name':
      return rename(stack, call, found, value())
    case 'addm':
    case 'deletem':
      return changeMembers(stack, found, word, value())
    case 'vnet':
      return intoJail(host, stack, found, value())
    case 'inet':
      return changeAddress(stack, call, found, value(), waiting)
    default:
      if (isIPv4(word.split('/')[0] ?? '')) return changeAddress(stack, call, found, word, waiting)
      if ((word === 'alias' || word === '-alias') && waiting.length > 0) return changeAddress(stack, call, found, value(), [word])
      return refuse('ifconfig', `${call.args.join(' ')} is not imitated here`)
  }
}

function rename(stack: Stack, call: Call, found: Interface, name: string): string | undefined {
  if (findInterface(stack, name) !== undefined) return 'ifconfig: ioctl SIOCSIFNAME (set name): File exists'
  for (const each of stack.interfaces) each.members = each.members?.map((member) => (member === found.name ? name : member))
  found.name = name
  call.out(`${name}\n`)
  return undefined
}

function changeMembers(stack: Stack, found: Interface, word: string, name: string): string | undefined {
  if (found.members === undefined) return refuse('ifconfig', `${word} of ${found.name} is not imitated here`)
  const request = word === 'addm' ? 'BRDGADD' : 'BRDGDEL'
  if (word === 'deletem') {
    if (!found.members.includes(name)) return `ifconfig: ${request} ${name}: No such file or directory`
    found.members = found.members.filter((member) => member !== name)
    return undefined
  }
  if (findInterface(stack, name) === undefined && name !== 'vtnet0') return `ifconfig: ${request} ${name}: No such file or directory`
  if (found.members.includes(name)) return `ifconfig: ${request} ${name}: File exists`
  if (stack.interfaces.some((each) => each.members?.includes(name))) return `ifconfig: ${request} ${name}: Device busy`
  found.members.push(name)
  return undefined
}

function intoJail(host: Host, stack: Stack, found: Interface, wanted: string): string | undefined {
  const jail = findJail(host, wanted)
  if (jail === undefined) return noJail
  if (jail.values.get('vnet') !== 'new' || found.kind === undefined)
    return refuse('ifconfig', `${found.name} vnet ${wanted} is not imitated here`)
  moveInterface(stack, jail, found)
  return undefined
}

/** The host does not know an interface by its name while a jail has it. */
function outOfJail(host: Host, call: Call, wanted: string, name: string): number {
  const jail = findJail(host, wanted)
  const inside = jail === undefined ? undefined : findInterface(jail, name)
  if (jail === undefined) return fail(call, noJail)
  if (inside === undefined) return fail(call, absent(name))
  moveInterface(jail, host, inside)
  return 0
}

function changeAddress(stack: Stack, call: Call, found: Interface, text: string, waiting: string[]): string | undefined {
  const [address = '', digits] = text.split('/')
  let prefix = Number(digits ?? 32)
  if (waiting[0] === 'netmask') {
    waiting.shift()
    prefix = prefixOf(waiting.shift() ?? '')
  }
  if (!isIPv4(address) || !(prefix >= 0 && prefix <= 32)) return refuse('ifconfig', `${call.args.join(' ')} is not imitated here`)
  const word = ['alias', '-alias', 'add', 'delete'].find((each) => each === waiting[0])
  if (word !== undefined) waiting.shift()
  if (word === '-alias' || word === 'delete') return dropAlias(stack, found.name, address)
  // Without `alias` the first address is replaced.
  if (word === undefined) found.aliases.shift()
  if (found.kind !== undefined) found.up = true
  return addAlias(stack, found.name, address, prefix)
}

function prefixOf(mask: string): number {
  const number = mask.startsWith('0x') ? Number(mask) : mask.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const bits = (number >>> 0).toString(2).padStart(32, '0')
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : -1
}

function fail(call: Call, text: string): 1 {
  call.err(`${text}\n`)
  return 1
}
