import type { NewJail } from './create.ts'
import type { Bastille } from './session.ts'

/** jail.conf as the real one writes it, blank lines and all. */
export function jailConf(bastille: Bastille, jail: NewJail, release: string): string {
  const { name, addresses, bridge } = jail
  const { jails, logs } = bastille.conf
  const list = addresses.map(({ address, interface: on }) => `${on}|${address}`)
  const network = [`  ip4.addr = ${list[0] ?? ''};`, ...list.slice(1).map((each) => `  ip4.addr += ${each};`), '  ', '  ip6 = disable;']
  return lines([
    `${name} {`,
    '  enforce_statfs = 2;',
    `  devfs_ruleset = ${bridge === undefined ? 4 : 13};`,
    '  exec.clean;',
    `  exec.consolelog = ${logs}/${name}_console.log;`,
    "  exec.start = '/bin/sh /etc/rc';",
    "  exec.stop = '/bin/sh /etc/rc.shutdown';",
    `  host.hostname = ${name};`,
    '  mount.devfs;',
    `  mount.fstab = ${jails}/${name}/fstab;`,
    `  path = ${jails}/${name}/root;`,
    '  securelevel = 2;',
    `  osrelease = "${release}";`,
    '',
    ...(bridge === undefined ? network : bridged(name, bridge)),
    '}',
  ])
}

/** Of an empty jail: nothing that could start. */
export function minimalConf(bastille: Bastille, name: string): string {
  const { jails } = bastille.conf
  return lines([
    `${name} {`,
    `  host.hostname = ${name};`,
    `  mount.fstab = ${jails}/${name}/fstab;`,
    `  path = ${jails}/${name}/root;`,
    '}',
  ])
}

function bridged(name: string, bridge: string): string[] {
  const [host, inner] = epairOf(name)
  return [
    '  vnet;',
    `  vnet.interface = ${inner};`,
    '  exec.prestart += "ifconfig epair0 create";',
    `  exec.prestart += "ifconfig ${bridge} addm epair0a";`,
    `  exec.prestart += "ifconfig epair0a up name ${host}";`,
    `  exec.prestart += "ifconfig epair0b up name ${inner}";`,
    String.raw`  exec.prestart += "ifconfig ${host} description \"vnet0 host interface for Bastille jail ${name}\"";`,
    `  exec.poststop += "ifconfig ${host} destroy";`,
  ]
}

function epairOf(name: string): [host: string, inner: string] {
  return [`e0a_${name}`, `e0b_${name}`]
}

function lines(list: string[]): string {
  return list.map((line) => `${line}\n`).join('')
}
