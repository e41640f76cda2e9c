import { subCall, type Call } from '../call.ts'
import type { Host } from '../host.ts'
import { ifconfigInJail } from '../ifconfig.ts'
import { describe } from '../interface-text.ts'
import type { InJail } from '../inside/inside.ts'
import { addAlias } from '../network.ts'
import { refuse } from '../refuse.ts'
import type { RcContext } from './rc.ts'

/** /etc/rc.d/netif for cloned loopbacks: `restart lo1`, `cloneup`. */
export function netif(host: Host, context: RcContext, names: string[], call: Call): number {
  if (context.command === 'cloneup') {
    bringUpInterfaces(host, context.values)
    return 0
  }
  const [name = ''] = names
  const found = host.interfaces.find((each) => each.name === name)
  if (context.command !== 'restart' || names.length !== 1 || found === undefined || name === 'lo0') {
    return refuse('service', `netif ${context.command} ${names.join(' ')} is not imitated here`)
  }
  const bare = { ...found, aliases: [] }
  call.out(
    `Stopping Network: ${name}.\n${describe(bare, { flags: 'flags=8048<LOOPBACK,RUNNING,MULTICAST>' })}Destroyed clone interfaces: ${name}.\n`,
  )
  host.interfaces = host.interfaces.filter((each) => each !== found)
  bringUpInterfaces(host, context.values)
  const now = host.interfaces.find((each) => each.name === name)
  if (now !== undefined) call.out(`Created clone interfaces: ${name}.\nStarting Network: ${name}.\n${describe(now)}`)
  return 0
}

/** cloned_interfaces and ifconfig_IF_aliasN of rc.conf, as at boot. */
export function bringUpInterfaces(host: Host, values: Map<string, string>): void {
  for (const name of (values.get('cloned_interfaces') ?? '').split(/\s+/)) {
    if (name === '' || host.interfaces.some((each) => each.name === name)) continue
    host.interfaces.push({ name, aliases: [] })
    for (const [variable, text] of values) {
      if (!new RegExp(`^ifconfig_${name}(_alias[0-9]+)?$`).test(variable)) continue
      const found = /^inet ([0-9.]+)(?:\/([0-9]+))?/.exec(text)
      if (found?.[1] !== undefined) addAlias(host, name, found[1], Number(found[2] ?? 32))
    }
  }
}

/** What `/etc/rc` of a jail with vnet does with its interfaces: those that rc.conf has an address for get it. There is no DHCP here. */
export function bringUpJail(at: InJail, values: Map<string, string>, call: Call): void {
  if (at.jail.values.get('vnet') !== 'new') return
  addAlias(at.jail, 'lo0', '127.0.0.1', 8)
  const names = ['lo0']
  for (const { name } of at.jail.interfaces) {
    const given = values.get(`ifconfig_${name}_name`)
    if (given !== undefined) ifconfigInJail(at, subCall(call, 'ifconfig', [name, 'name', given]))
  }
  for (const { name } of at.jail.interfaces) {
    const own = [...values].filter(([variable]) => new RegExp(`^ifconfig_${name}(_alias[0-9]+)?$`).test(variable))
    for (const [, text] of own.filter(([, words]) => words.startsWith('inet '))) {
      ifconfigInJail(at, subCall(call, 'ifconfig', [name, ...text.split(/\s+/), ...(/^inet \S+$/.test(text) ? ['alias'] : [])]))
    }
    if (own.length > 0 && name !== 'lo0') names.push(name)
  }
  call.out(`Starting Network: ${names.join(' ')}.\n`)
  for (const each of at.jail.interfaces) if (names.includes(each.name)) call.out(describe(each))
  const router = values.get('defaultrouter') ?? ''
  if (/^[0-9.]+$/.test(router)) call.out(`add net default: gateway ${router}\n`)
}
