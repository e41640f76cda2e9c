import type { RunningJail } from '../host.ts'
import { isSwitch, jailValue } from './values.ts'

type Value = string | number | boolean | string[]

/** libxo's way of writing: one line, or pretty with its own odd spaces. */
export function toLibxo(jails: Map<string, Value>[], pretty: boolean): string {
  if (pretty) {
    const shown = jails.map((fields) => `      {\n${[...fields].map(prettyField).join(',\n')}\n      }`)
    return `{\n  "__version": "2", \n  "jail-information": {\n    "jail": [\n${shown.join(',\n')}\n    ]\n  }\n}\n`
  }
  const shown = jails.map(
    (fields) =>
      `{${[...fields].map(([name, value], index) => `${separator(index, value)}"${name}":${gap(value)}${oneLine(value)}`).join('')}}`,
  )
  return `{"__version": "2", "jail-information": {"jail": [${shown.join(', ')}]}}\n`
}

function separator(index: number, value: Value): string {
  if (index === 0) return ''
  return Array.isArray(value) ? ', ' : ','
}

function gap(value: Value): string {
  return Array.isArray(value) ? ' ' : ''
}

function oneLine(value: Value): string {
  return Array.isArray(value) ? `[${value.map((each) => JSON.stringify(each)).join(',')}]` : JSON.stringify(value)
}

function prettyField([name, value]: [string, Value]): string {
  if (!Array.isArray(value)) return `        "${name}": ${JSON.stringify(value)}`
  const items = value.map((each) => `          ${JSON.stringify(each)}`).join(',\n')
  return `        "${name}": [\n${items}${items === '' ? '' : '\n'}        ]`
}

export function briefFields(jail: RunningJail): Map<string, Value> {
  return new Map<string, Value>([
    ['jid', jail.jid],
    ['ipv4', jail.addresses[0] ?? ''],
    ['hostname', jail.hostname],
    ['path', jail.path],
  ])
}

export function longFields(jail: RunningJail): Map<string, Value> {
  return new Map<string, Value>([
    ['jid', jail.jid],
    ['hostname', jail.hostname],
    ['path', jail.path],
    ['name', jail.name],
    ['state', 'ACTIVE'],
    ['cpusetid', jail.cpuset],
    ['ipv4_addrs', jail.addresses],
    ['ipv6_addrs', []],
  ])
}

/** Named parameters: numbers come as strings. */
export function namedFields(jail: RunningJail, names: string[]): Map<string, Value> {
  return new Map(
    names.map((name): [string, Value] => {
      const value = jailValue(jail, name) ?? ''
      if (name.endsWith('.addr')) return [name, value === '' ? [] : value.split(',')]
      return [name, isSwitch(name) ? value === 'true' : value]
    }),
  )
}
