import { isIPv4 } from 'node:net'
import type { RunningJail } from '../host.ts'
import { positive, valueOf, valuesOf, type JailConfig } from '../jail-conf/jails.ts'
import { refuse } from '../refuse.ts'
import { isKernelParameter, isKnown, isSwitch, notImitated } from './parameters.ts'

export interface Address {
  address: string
  prefix: number
  /** The interface that gets an alias for it, when one is named. */
  interface: string | undefined
}

/** What jail(8) refuses before it does anything, in its words after `jail: `. */
export function findMistake(config: JailConfig): string | undefined {
  if (config.errors[0] !== undefined) return config.errors[0]
  const prefix = config.onCommandLine ? '' : `${config.name}: `
  for (const { name, values } of config.parameters) {
    if (!isKnown(name)) return `${prefix}unknown parameter: ${name}`
    if (notImitated.has(positive(name)) || isOddly(name, values)) refuse('jail', `parameter ${name} is not imitated here`)
  }
  const wrong = addressesOf(config).find(({ address }) => !isIPv4(address))
  return wrong === undefined ? undefined : `${prefix}ip4.addr: not an IPv4 address: ${wrong.address}`
}

/** What means nothing here may be said; what would mean something is refused. */
function isOddly(name: string, values: string[]): boolean {
  return (name === 'exec.fib' || name === 'children.max') && values.join(',') !== '0'
}

/** `lo1|10.0.0.3/32`, `10.0.0.3`, or with `interface = lo1`. */
export function addressesOf(config: JailConfig): Address[] {
  const common = valueOf(config, 'interface')
  return valuesOf(config, 'ip4.addr')
    .filter((text) => text !== '')
    .map((text) => {
      const bar = text.indexOf('|')
      const [address = '', prefix] = text.slice(bar + 1).split('/')
      return { address, prefix: Number(prefix ?? 32), interface: bar < 0 ? common : text.slice(0, bar) }
    })
}

/** Gives a running jail what a configuration or `jail -m` says of the kernel's parameters. */
export function applyParameters(jail: RunningJail, config: JailConfig): void {
  for (const { name, values } of config.parameters) {
    const text = values.join(',')
    if (!isKernelParameter(name)) continue
    if (name === 'host.hostname') jail.hostname = text
    else if (name === 'ip4.addr') jail.addresses = addressesOf(config).map(({ address }) => address)
    else if (name === 'persist' || name === 'nopersist') jail.persist = name === 'persist' && text !== 'false' && text !== '0'
    else if (name === 'meta' || name === 'env') jail[name] = text
    else if (/^(meta|env)\./.test(name)) setKey(jail, name.startsWith('meta') ? 'meta' : 'env', name.slice(name.indexOf('.') + 1), text)
    else if (name !== 'name' && name !== 'jid' && name !== 'path') jail.values.set(positive(name), plainValue(name, text))
  }
}

function plainValue(name: string, text: string): string {
  // `vnet;` means `vnet = new;`.
  if (/^(host|ip4|ip6|vnet|sysv(msg|sem|shm))$/.test(name) && text === '') return 'new'
  if (!isSwitch(positive(name))) return text
  if (positive(name) !== name) return 'false'
  return text === '0' || text === 'false' ? 'false' : 'true'
}

/** `meta.key=value` is one line of the jail's meta text; the newest comes first. */
function setKey(jail: RunningJail, what: 'meta' | 'env', key: string, value: string): void {
  const others = jail[what].split('\n').filter((line) => line !== '' && !line.startsWith(`${key}=`))
  jail[what] = [`${key}=${value}`, ...others].join('\n')
}
