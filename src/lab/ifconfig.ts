import type { Call } from './call.ts'
import { findJail, type Host } from './host.ts'
import { changeInterface } from './ifconfig-change.ts'
import { describe, ethernet } from './interface-text.ts'
import type { InJail } from './inside/inside.ts'
import { absent, createEpair, destroyInterface, findInterface, type Stack } from './network.ts'
import { toReal } from './paths.ts'
import { refuse } from './refuse.ts'

const usage = `usage: ifconfig [-j jail] [-f type:format] [-g groupname] [-C] [-L] interface address_family
                [address [dest_address]] [parameters]
       ifconfig [-j jail] interface create
       ifconfig [-j jail] -a [-g groupname] [-C] [-L] [-d] [-m] [-u] [-v] [address_family]
       ifconfig [-j jail] -l [-d] [-u] [address_family]
       ifconfig [-j jail] [-g groupname] [-C] [-L] [-d] [-m] [-u] [-v]
`

/** ifconfig(8) on the host: loopbacks, epairs and bridges. */
export function ifconfig(host: Host, call: Call): number {
  const [first = '', second, ...rest] = call.args
  if (first.startsWith('--')) return fail(call, `ifconfig: illegal option -- -\n${usage.trimEnd()}`)
  if (first === '-j') return ofJail(host, { ...call, args: rest }, second ?? '')
  if (first === '-l' && second === undefined) return say(call, `${['vtnet0', ...host.interfaces.map(({ name }) => name)].join(' ')}\n`)
  if (first === '-g' && second !== undefined) return group(host, call, second)
  if (first === '-f' && second === 'inet:cidr' && rest.length === 1) return show(host, call, rest[0] ?? '', true)
  if (first === '-a' && second === undefined) return say(call, [ethernet, ...host.interfaces.map((each) => describe(each))].join(''))
  if (first.startsWith('-') || first === '') return refuse('ifconfig', `${call.args.join(' ')} is not imitated here`)
  if (second === undefined || (second === 'inet' && rest.length === 0)) return show(host, call, first, false)
  if (second === 'create') return create(host, call, first, rest)
  if (second === 'destroy' && rest.length === 0) return destroy(host, call, first)
  return changeInterface(host, host, call, first, [second, ...rest])
}

function ofJail(host: Host, call: Call, name: string): number {
  const jail = findJail(host, name)
  if (jail === undefined) return fail(call, 'ifconfig: jail not found: No such file or directory')
  return ifconfigInJail({ host, jail, root: toReal(host.paths, jail.path) }, call)
}

function group(host: Host, call: Call, wanted: string): number {
  const names = host.interfaces.filter(({ kind = 'lo' }) => kind === wanted).map(({ name }) => `${name}\n`)
  return say(call, names.join(''))
}

function create(host: Host, call: Call, asked: string, words: string[]): number {
  const found = /^(lo|epair|bridge)([0-9]+)?$/.exec(asked)
  if (found === null) return refuse('ifconfig', `creating ${asked} is not imitated here`)
  const [, kind = '', digits] = found
  const exists = () => fail(call, `ifconfig: interface ${asked} already exists`)
  if (kind === 'epair') {
    const end = createEpair(host, digits === undefined ? undefined : Number(digits))
    if (end === undefined) return exists()
    call.out(`${end}\n`)
    return words.length === 0 ? 0 : changeInterface(host, host, call, end, words)
  }
  if (findInterface(host, asked) !== undefined) return exists()
  let number = Number(digits ?? 0)
  while (findInterface(host, `${kind}${number}`) !== undefined) number++
  const name = `${kind}${number}`
  host.interfaces.push({ name, aliases: [], ...(kind === 'bridge' ? { kind: 'bridge', members: [] } : {}) })
  // Only a name that ifconfig has chosen itself is told.
  if (digits === undefined) call.out(`${name}\n`)
  return words.length === 0 ? 0 : changeInterface(host, host, call, name, words)
}

function destroy(host: Host, call: Call, name: string): number {
  const found = findInterface(host, name)
  if (found === undefined) return fail(call, absent(name))
  destroyInterface(host, found)
  return 0
}

function show(stack: Stack, call: Call, name: string, cidr: boolean): number {
  const found = findInterface(stack, name)
  if (name === 'vtnet0') return refuse('ifconfig', 'showing vtnet0 is not imitated here')
  return found === undefined ? fail(call, absent(name)) : say(call, describe(found, { cidr }))
}

/** A jail sees its own addresses only; with vnet it has interfaces of its own. */
export function ifconfigInJail(at: InJail, call: Call): number {
  const { args } = call
  const [name = '', ...rest] = args
  const isOwn = at.jail.values.get('vnet') === 'new'
  const stack: Stack = isOwn ? at.jail : at.host
  const style = isOwn ? {} : { only: at.jail.addresses }
  if (args.length === 1 && name === '-l')
    return say(call, `${[...(isOwn ? [] : ['vtnet0']), ...stack.interfaces.map((each) => each.name)].join(' ')}\n`)
  if (args.length === 0 || (args.length === 1 && name === '-a'))
    return say(call, stack.interfaces.map((each) => describe(each, style)).join(''))
  const isCidr = name === '-f' && rest[0] === 'inet:cidr' && rest.length === 2
  const asked = isCidr ? (rest[1] ?? '') : name
  const found = findInterface(stack, asked)
  if (asked.startsWith('-')) return refuse('ifconfig', `${args.join(' ')} is not imitated inside a jail`)
  if (found === undefined) return fail(call, absent(asked))
  if (isCidr || rest.length === 0 || rest.join(' ') === 'inet') return say(call, describe(found, { ...style, cidr: isCidr }))
  if (!isOwn) return refuse('ifconfig', `${args.join(' ')} is not imitated inside a jail without vnet`)
  return changeInterface(at.host, stack, call, name, rest)
}

function say(call: Call, text: string): 0 {
  call.out(text)
  return 0
}

function fail(call: Call, text: string): 1 {
  call.err(`${text}\n`)
  return 1
}
