import { isFolder, linesOf } from './files.ts'
import { ask, type Bastille } from './session.ts'
import { isRunning, setting } from './targets.ts'

/** What `list` shows of a jail; `-` stands for nothing. */
export interface JailInfo {
  jid: string
  name: string
  boot: string
  priority: string
  state: string
  type: string
  addresses: string[]
  ports: string
  hostname: string
  release: string
  path: string
  tags: string
}

export async function jailInfo(bastille: Bastille, folder: string): Promise<JailInfo> {
  const { jails } = bastille.conf
  const conf = linesOf(bastille, `${jails}/${folder}/jail.conf`)
  const name = conf.find((line) => line.endsWith(' {'))?.split(' ')[0] ?? ''
  const isUp = await isRunning(bastille, name)
  const shown = async (parameter: string) => (await ask(bastille, 'jls', ['-j', name, parameter])).text
  const written = (parameter: string) => conf.find((line) => line.trim().startsWith(`${parameter} = `))?.replace(/^.* = (.*);$/, '$1') ?? ''
  const value = (parameter: string) => (isUp ? shown(parameter) : Promise.resolve(written(parameter)))
  const addresses = await Promise.all(['ip4.addr', 'ip6.addr'].map(value))
  return {
    jid: orDash(isUp ? await shown('jid') : ''),
    name: orDash(name),
    boot: orDash(await setting(bastille, name, 'boot')),
    priority: orDash(await setting(bastille, name, 'priority')),
    state: isUp ? 'Up' : conf.includes(`${name} {`) && conf.includes('}') ? 'Down' : 'n/a',
    type: await typeOf(bastille, name),
    addresses: isVnet(conf)
      ? await vnetAddresses(bastille, name, isUp)
      : addresses.flatMap((text) => text.split(',')).flatMap((text) => (text === '-' || text === '' ? [] : [bare(text)])),
    ports: orDash(publishedPorts(bastille, name, isUp)),
    hostname: orDash(await value('host.hostname')),
    release: orDash(isUp ? await runningRelease(bastille, name) : stoppedRelease(bastille, name)),
    path: orDash(await value('path')),
    tags: orDash(linesOf(bastille, `${jails}/${name}/tags`).join(',')),
  }
}

export function orDash(text: string): string {
  return text === '' ? '-' : text
}

function bare(address: string): string {
  return address.replace(/^.*\|/, '').replace(/\/.*/, '')
}

function isVnet(conf: string[]): boolean {
  return conf.some((line) => line.trim() === 'vnet;')
}

async function vnetAddresses(bastille: Bastille, name: string, isUp: boolean): Promise<string[]> {
  const rcConf = linesOf(bastille, `${bastille.conf.jails}/${name}/root/etc/rc.conf`).filter((line) => line.startsWith('ifconfig_vnet'))
  const text = isUp ? (await ask(bastille, 'jexec', ['-l', name, 'ifconfig', '-a'])).text : rcConf.join('\n')
  return [...text.matchAll(/\binet ([0-9.]+)/g)].flatMap(([, address = '']) => (address === '127.0.0.1' ? [] : [address]))
}

export async function typeOf(bastille: Bastille, name: string): Promise<string> {
  if (isThin(bastille, name)) return 'thin'
  const { dataset } = bastille.conf
  if (dataset === undefined) return 'thick'
  const { text } = await ask(bastille, 'zfs', ['get', '-H', '-o', 'value', 'origin', `${dataset}/jails/${name}/root`])
  // What has no dataset of its own has no `-` either.
  return text === '-' ? 'thick' : 'clone'
}

export function isThin(bastille: Bastille, name: string): boolean {
  const { jails } = bastille.conf
  return linesOf(bastille, `${jails}/${name}/fstab`).some((line) => line.includes(`${jails}/${name}/root/.bastille`))
}

/** Nothing is published here: pf has no rules. A stopped jail's rdr.conf is told all the same. */
function publishedPorts(bastille: Bastille, name: string, isUp: boolean): string {
  if (isUp) return ''
  const rules = linesOf(bastille, `${bastille.conf.jails}/${name}/rdr.conf`).map((line) => line.split(/\s+/))
  return rules.flatMap(([protocol = '', from, to]) => (/^[tcp|ud]/.test(protocol) ? [`${protocol}/${from}:${to}`] : [])).join(',')
}

async function runningRelease(bastille: Bastille, name: string): Promise<string> {
  return (await ask(bastille, 'jexec', ['-l', name, 'freebsd-version', '-u'])).text
}

function stoppedRelease(bastille: Bastille, name: string): string {
  const { jails } = bastille.conf
  const own = userland(bastille, `${jails}/${name}/root`)
  if (own !== undefined || !isFolder(bastille, `${jails}/${name}/root`)) return own ?? ''
  const base = linesOf(bastille, `${jails}/${name}/fstab`).find((line) => /\/releases\/.*\/root\/\.bastille.*nullfs/.test(line))
  return base === undefined ? '' : (userland(bastille, base.split(' ')[0] ?? '') ?? '')
}

/** USERLAND_VERSION of the tree's bin/freebsd-version. */
export function userland(bastille: Bastille, root: string): string | undefined {
  const line = linesOf(bastille, `${root}/bin/freebsd-version`).find((each) => each.startsWith('USERLAND_VERSION='))
  return line
    ?.replace(/^USERLAND_VERSION=/, '')
    .replaceAll(/["'^]/g, '')
    .replace(/ .*/, '')
}
