import type { RunningJail } from '../host.ts'
import { isSwitch, kernelParameters, moduleValue } from '../jail/parameters.ts'

/** A parameter of a running jail as jls knows it; undefined: there is no such parameter. */
export function jailValue(jail: RunningJail, name: string): string | undefined {
  const byDefault = kernelParameters.find(([each]) => each === name)?.[1] ?? moduleValue(name)
  const key = /^(meta|env)\.(.+)$/.exec(name)
  if (key !== null) return keyValue(key[1] === 'meta' ? jail.meta : jail.env, key[2] ?? '')
  if (byDefault === undefined) return undefined
  const own: Record<string, string> = {
    jid: String(jail.jid),
    name: jail.name,
    path: jail.path,
    meta: jail.meta,
    env: jail.env,
    persist: String(jail.persist),
    'cpuset.id': String(jail.cpuset),
    'host.hostname': jail.hostname,
    'ip4.addr': jail.addresses.join(','),
  }
  return own[name] ?? jail.values.get(name) ?? byDefault
}

function keyValue(text: string, key: string): string {
  const line = text.split('\n').find((each) => each.startsWith(`${key}=`))
  return line?.slice(key.length + 1) ?? ''
}

/** `allow.mount` off is written `allow.nomount`; `dying` off `nodying`. */
export function switchName(name: string, value: string): string {
  if (value === 'true') return name
  const dot = name.lastIndexOf('.')
  return `${name.slice(0, dot + 1)}no${name.slice(dot + 1)}`
}

/** Not for `jls -s`: what jail(8) could not be given, or what only says "as always". */
const notForSetting = new Set(['dying', 'parent', 'children.cur', 'cpuset.id', 'ip4.addr', 'ip4.saddrsel', 'ip6.addr', 'ip6.saddrsel'])

export function namesForSetting(): string[] {
  return kernelParameters.map(([name]) => name).filter((name) => !notForSetting.has(name))
}

export function allNames(): string[] {
  return kernelParameters.map(([name]) => name)
}

export { isSwitch }
