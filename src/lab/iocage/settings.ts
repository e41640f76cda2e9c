import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { isKernelParameter } from '../jail/parameters.ts'
import { readWords } from './click.ts'
import { defaults, fixed, fullConfig, isTrue, ofDataset, readConfig, text, truthy, writeConfig } from './config.ts'
import { allJails, needJail, runningJail, type Jail } from './jails.ts'
import { checkProperty } from './properties.ts'
import { fail, info, run, zfs } from './speech.ts'
import { drawTable } from './table.ts'
import { convert } from './template.ts'

const getUsage = '[OPTIONS] PROP JAIL'
const getFlags = {
  '-r': 'recursive',
  '--recursive': 'recursive',
  '-h': 'tabs',
  '-H': 'tabs',
  '--header': 'tabs',
  '-a': 'all',
  '--all': 'all',
  '-s': 'state',
  '--state': 'state',
  '-j': 'jid',
  '--jid': 'jid',
  '-p': 'pool',
  '--pool': 'pool',
  '-P': 'plugin',
  '-f': 'force',
}

/** iocage get. */
export async function get(host: Host, call: Call, args: string[]): Promise<void> {
  const { flags, operands } = readWords('get', args, { flags: getFlags, usage: getUsage })
  if (flags.has('pool')) return info(call, 'zroot')
  const kind = ['all', 'state', 'jid'].find((each) => flags.has(each))
  const [property = '', wanted = ''] = kind === undefined ? operands : [kind, operands[0] ?? '']
  if (flags.has('recursive')) return getAll(host, call, property, flags.has('tabs'))
  if (wanted === '') fail('You must specify a jail!')
  if (wanted === 'default') return info(call, String(defaults[property] ?? fail(`${property} is not a valid property!`)))
  const jail = await needJail(host, call, wanted)
  if (property !== 'all') return info(call, await valueOf(host, call, jail, property))
  const all = { ...fullConfig(jail.folder), state: stateOf(host, jail) }
  for (const [name, value] of Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    info(call, `${name}:${ofDataset.has(name) ? await valueOf(host, call, jail, name) : value}`)
  }
  return undefined
}

async function getAll(host: Host, call: Call, property: string, tabs: boolean): Promise<void> {
  const rows: string[][] = []
  for (const jail of await allJails(host, call)) rows.push([jail.name, await valueOf(host, call, jail, property)])
  if (!tabs) return info(call, drawTable(['NAME', `PROP - ${property}`], rows))
  for (const row of rows) info(call, row.join('\t'))
  return undefined
}

function stateOf(host: Host, jail: Jail): string {
  return runningJail(host, jail.name) === undefined ? 'down' : 'up'
}

async function valueOf(host: Host, call: Call, jail: Jail, property: string): Promise<string> {
  if (property === 'state') return stateOf(host, jail)
  if (property === 'jid') return String(runningJail(host, jail.name)?.jid ?? '-')
  if (ofDataset.has(property)) return (await zfs(host, call, 'get', '-H', '-o', 'value', property, jail.dataset)).trimEnd()
  const value = fullConfig(jail.folder)[property]
  if (property === 'last_started' && (value === undefined || value === 'none')) return 'never'
  return value === undefined ? fail(`${property} is not a valid property!`) : String(value)
}

/** iocage set. */
export async function set(host: Host, call: Call, args: string[]): Promise<void> {
  const { operands } = readWords('set', args, { flags: { '-P': 'plugin', '--plugin': 'plugin' }, usage: '[OPTIONS] [PROPS]... JAIL' })
  const wanted = operands.at(-1) ?? ''
  if (operands.length < 2) fail('You must specify a jail!')
  for (const property of operands.slice(0, -1)) await setOne(host, call, wanted, property)
}

async function setOne(host: Host, call: Call, wanted: string, property: string): Promise<void> {
  const sign = property.indexOf('=')
  if (sign < 0) fail(`${property} is is missing a value!`)
  const key = property.slice(0, sign)
  const value = property.slice(sign + 1)
  const jail = await needJail(host, call, wanted)
  if (key === 'template') {
    if (isTrue(value) === jail.isTemplate) fail(`${jail.name} is already a ${jail.isTemplate ? 'template' : 'jail'}!`)
    return convert(host, call, jail, isTrue(value))
  }
  const old = await valueOf(host, call, jail, key)
  if (key === 'dhcp' && runningJail(host, jail.name) !== undefined) fail(`${jail.name} is running.\nPlease stop it first!`)
  const config = readConfig(jail.folder)
  const kept = checkProperty(config, key, value, true)
  if (ofDataset.has(key)) await setOfDataset(host, call, jail, key, value)
  else writeConfig(jail.folder, { ...config, [key]: kept })
  info(call, `${key}: ${old} -> ${truthy.has(key) ? Number(isTrue(value)) : kept}`)
  return setInKernel(host, call, jail, key, value)
}

async function setOfDataset(host: Host, call: Call, jail: Jail, key: string, value: string): Promise<void> {
  if (key === 'quota' && value !== 'none' && !/[MGT]$/i.test(value)) fail(`${value} should have a suffix ending in M, G, or T.`)
  await zfs(host, call, 'set', `${key}=${value}`, jail.dataset)
}

const oneDot = new Set(['allow_raw_sockets', 'allow_socket_af', 'allow_set_hostname'])

/** What the kernel can change of a running jail is changed at once. */
async function setInKernel(host: Host, call: Call, jail: Jail, key: string, value: string): Promise<void> {
  const running = runningJail(host, jail.name)
  const parameter = oneDot.has(key) ? key.replace('_', '.') : key.replaceAll('_', '.')
  if (running === undefined || fixed.has(key) || !isKernelParameter(parameter)) return
  const config = fullConfig(jail.folder)
  const isAddress = /^ip[46]\.addr$/.test(parameter)
  if (isAddress && (isTrue(config['vnet']) || value.toLowerCase() === 'none')) return
  if (key === 'vnet') return info(call, 'vnet changes require a jail restart')
  const ran = await run(host, call, 'jail', ['-m', `jid=${running.jid}`, `${parameter}=${value}`])
  if (ran.code !== 0) fail(`${ran.out}${ran.err}`.trimEnd())
}

/** For rename: protected properties too, and nothing said. */
export function setSilently(jail: Jail, from: string, to: string): void {
  const config = readConfig(jail.folder)
  const dataset = text(config, 'jail_zfs_dataset').replace(`iocage/jails/${from}`, `iocage/jails/${to}`)
  const hostname = config['host_hostname'] === from ? to : text(config, 'host_hostname')
  writeConfig(jail.folder, { ...config, host_hostuuid: to, host_hostname: hostname, jail_zfs_dataset: dataset })
}
