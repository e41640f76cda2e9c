import { refuse } from '../refuse.ts'
import type { NewJail } from './create.ts'
import { namesIn, readText } from './files.ts'
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
    ...(bridge === undefined ? network : bridged(name, { bridge, pair: freePair(bastille) })),
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

interface Vnet {
  bridge: string
  pair: number
}

function bridged(name: string, { bridge, pair }: Vnet): string[] {
  const [host, inner] = epairOf(name)
  return [
    '  vnet;',
    `  vnet.interface = ${inner};`,
    `  exec.prestart += "ifconfig epair${pair} create";`,
    `  exec.prestart += "ifconfig ${bridge} addm epair${pair}a";`,
    `  exec.prestart += "ifconfig epair${pair}a up name ${host}";`,
    `  exec.prestart += "ifconfig epair${pair}b up name ${inner}";`,
    String.raw`  exec.prestart += "ifconfig ${host} description \"vnet0 host interface for Bastille jail ${name}\"";`,
    `  exec.poststop += "ifconfig ${host} destroy";`,
  ]
}

/** The host's end of a jail's cable and the jail's: an interface's name has 15 characters at most. */
export function epairOf(name: string): [host: string, inner: string] {
  if (`e0a_${name}`.length >= 16) refuse('bastille', `a vnet jail with a name as long as ${name} is not imitated here`)
  return [`e0a_${name}`, `e0b_${name}`]
}

/** The lowest number of an epair that no jail.conf speaks of. */
function freePair(bastille: Bastille): number {
  const { jails } = bastille.conf
  const texts = namesIn(bastille, jails).map((name) => readText(bastille, `${jails}/${name}/jail.conf`) ?? '')
  let number = 0
  while (texts.some((text) => new RegExp(`epair${number}[^0-9]`).test(text))) number++
  return number
}

function lines(list: string[]): string {
  return list.map((line) => `${line}\n`).join('')
}
