import type { Call } from '../call.ts'
import { findJail, type Host, type RunningJail } from '../host.ts'
import { quoted } from '../jail-conf/quote.ts'
import { moduleValue } from '../jail/parameters.ts'
import { refuseOption } from '../refuse.ts'
import { briefFields, longFields, namedFields, toLibxo } from './json.ts'
import { allNames, isSwitch, jailValue, namesForSetting, switchName } from './values.ts'

interface Options {
  flags: Set<string>
  jail: string | undefined
  names: string[]
  json: 'no' | 'line' | 'pretty'
}

/** jls(8). */
export function jls(host: Host, call: Call): number {
  const options = parse(call.args)
  const { flags, jail: wanted, names } = options
  const found = wanted === undefined ? undefined : findJail(host, wanted)
  if (flags.has('c')) return check(call, wanted, found !== undefined)
  let jails = host.jails.toSorted((one, other) => one.jid - other.jid)
  if (wanted !== undefined) {
    if (found === undefined) call.err(`jls: jail ${/^[0-9]+$/.test(wanted) ? wanted : `"${wanted}"`} not found\n`)
    jails = found === undefined ? [] : [found]
  }
  const unknown = names.find((name) => !allNames().includes(name) && moduleValue(name) === undefined && !/^(meta|env)\../.test(name))
  if (unknown !== undefined) {
    call.err(`jls: unknown parameter: ${unknown}\n`)
    return 1
  }
  const code = wanted !== undefined && found === undefined ? 1 : 0
  call.out(options.json === 'no' ? table(options, jails) : json(options, jails))
  return code
}

function parse(args: string[]): Options {
  const options: Options = { flags: new Set(), jail: undefined, names: [], json: 'no' }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg.startsWith('--libxo')) {
      const style = arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : args[++at]
      if (style !== 'json' && style !== 'json,pretty') return refuseOption('jls', `--libxo ${style ?? ''}`)
      options.json = style === 'json' ? 'line' : 'pretty'
    } else if (arg.startsWith('-') && options.names.length === 0) {
      for (let place = 1; place < arg.length; place++) {
        const letter = arg.charAt(place)
        if (letter === 'j') {
          options.jail = arg.slice(place + 1) || (args[++at] ?? '')
          break
        }
        if (!'cdhnNqsv'.includes(letter)) return refuseOption('jls', `-${letter}`)
        options.flags.add(letter)
      }
    } else options.names.push(arg)
  }
  return options
}

function check(call: Call, wanted: string | undefined, found: boolean): number {
  if (wanted !== undefined) return found ? 0 : 1
  call.err(
    'jls: -j jail to check must be provided for -c\njls: usage: jls [-dhNnqv] [-j jail] [param ...]\n            jls -c [-d] -j jail\n',
  )
  return 1
}

function json(options: Options, jails: RunningJail[]): string {
  const isPretty = options.json === 'pretty'
  if (options.names.length > 0)
    return toLibxo(
      jails.map((jail) => namedFields(jail, options.names)),
      isPretty,
    )
  if (options.flags.has('n'))
    return toLibxo(
      jails.map((jail) => namedFields(jail, allNames())),
      isPretty,
    )
  return toLibxo(jails.map(options.flags.has('v') ? longFields : briefFields), isPretty)
}

function table(options: Options, jails: RunningJail[]): string {
  const { flags, names } = options
  if (names.length > 0 || flags.has('n') || flags.has('s') || flags.has('h')) {
    const chosen = names.length > 0 ? names : flags.has('s') ? namesForSetting() : allNames()
    const head = flags.has('h') ? `${chosen.join(' ')}\n` : ''
    return head + jails.map((jail) => `${parameterLine(jail, chosen, flags)}\n`).join('')
  }
  if (flags.has('v')) return longHead + jails.map(longRows).join('')
  if (flags.has('N')) return namedHead + jails.map((jail) => ` ${jail.name.slice(0, 15).padEnd(15)} ${columns(jail)}`).join('')
  return briefHead + jails.map((jail) => `${String(jail.jid).padStart(6)}  ${columns(jail)}`).join('')
}

const briefHead = '   JID  IP Address      Hostname                      Path\n'
const namedHead = ' JID             IP Address      Hostname                      Path\n'
const longHead =
  '   JID  Hostname                      Path\n        Name                          State\n        CPUSetID\n        IP Address(es)\n'

function columns(jail: RunningJail): string {
  return `${(jail.addresses[0] ?? '').padEnd(15)} ${jail.hostname.slice(0, 29).padEnd(29)} ${jail.path.slice(0, 74)}\n`
}

function longRows(jail: RunningJail): string {
  const addresses = (jail.addresses.length > 0 ? jail.addresses : ['']).map((address) => `        ${address.padEnd(15).trimEnd()}\n`)
  const head = `${String(jail.jid).padStart(6)}  ${jail.hostname.slice(0, 29).padEnd(29)} ${jail.path}\n`
  return `${head}        ${jail.name.padEnd(29)} ACTIVE\n        ${jail.cpuset}\n${addresses.join('')}`
}

function parameterLine(jail: RunningJail, names: string[], flags: Set<string>): string {
  const named = flags.has('n') || flags.has('s')
  return names
    .map((name) => {
      const value = jailValue(jail, name) ?? ''
      if (named && isSwitch(name)) return switchName(name, value)
      if (named) return `${name}=${name.endsWith('.addr') ? value : quoted(value)}`
      return value === '' && name.endsWith('.addr') ? '-' : flags.has('q') ? quoted(value) : value
    })
    .join(' ')
}
