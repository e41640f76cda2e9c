import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { isTrue, fullConfig, readConfig, text, writeConfig, type Config } from './config.ts'
import { iocRoot, kernelName, needJail, runningJail, type Jail } from './jails.ts'
import { flushForNat, natAddress } from './nat.ts'
import { fail, info, run, silent, warn } from './speech.ts'
import { stopJail } from './stop.ts'

const hostRelease = 15.1

/** Starts one jail, and before it those that it depends on. */
export async function startByName(host: Host, call: Call, wanted: string, isDependency = false): Promise<void> {
  const jail = await needJail(host, call, wanted)
  const config = fullConfig(jail.folder)
  const release = text(config, 'release')
  if (release !== 'EMPTY' && hostRelease < Number.parseFloat(release))
    fail(`\nHost: ${hostRelease} is not greater than jail: ${Number.parseFloat(release)}\nThis is unsupported.`)
  if (config['type'] === 'template') fail(`Please convert back to a jail before trying to start ${jail.name}`)
  for (const depend of text(config, 'depends').split(/\s+/))
    if (depend !== 'none' && depend !== '') await startByName(host, call, depend, true)
  if (isDependency && runningJail(host, jail.name) !== undefined) return
  await startJail(host, call, jail)
}

export async function startJail(host: Host, call: Call, jail: Jail): Promise<void> {
  const { name, folder } = jail
  const uuid = name.replaceAll('.', '_')
  if (runningJail(host, name) !== undefined) fail(`${uuid} is already running!`)
  const config = fullConfig(folder)
  checkBefore(uuid, config)
  if (isTrue(config['nat'])) keep(folder, { ip4_addr: natAddress(host, call, uuid, config) })
  const addressed = fullConfig(folder)
  const network = networkParameters(host, addressed)
  info(call, `* Starting ${uuid}`)
  await hook(host, silent(call), text(config, 'exec_prestart'), (why) =>
    fail(`  + Executing exec_prestart FAILED\nERROR:\n${why}\n\nRefusing to start ${uuid}: exec_prestart failed`),
  )
  writeJailConf(host, jail, addressed, network)
  const started = await run(host, call, 'jail', ['-f', `/var/run/jail.${kernelName(name)}.conf`, '-c'])
  if (started.code !== 0) {
    warn(call, '  + Start FAILED')
    fail(started.err.trimEnd())
  }
  info(call, '  + Started OK')
  info(call, '  + Using devfs_ruleset: 1000 (iocage generated default)')
  if (network.length > 0) info(call, `  + Using IP options: ${network.join(' ')}`)
  copyResolver(host, jail, config)
  if (isTrue(config['nat'])) await flushForNat(host, call, config)
  await startServices(host, call, jail, config)
  await hook(host, call, text(config, 'exec_poststart'), async (why) => {
    await stopJail(host, silent(call), jail, true)
    fail(`  + Executing exec_poststart FAILED\nERROR:\n${why}\n\nRefusing to start ${uuid}: exec_poststart failed`)
  })
  info(call, '  + Executing poststart OK')
  keep(folder, { last_started: new Date().toISOString().slice(0, 19).replace('T', ' ') })
}

function checkBefore(uuid: string, config: Config): void {
  const wrong = []
  if (isTrue(config['dhcp']) || text(config, 'ip4_addr').toUpperCase().includes('DHCP')) {
    if (!isTrue(config['bpf'])) wrong.push(`${uuid}: dhcp requires bpf!`)
    else if (!isTrue(config['vnet'])) wrong.push(`${uuid}: dhcp requires vnet!`)
  }
  if (isTrue(config['bpf']) && !isTrue(config['vnet'])) wrong.push(`${uuid}: bpf requires vnet!`)
  if (wrong.length > 0) fail(wrong.join('\n'))
}

async function startServices(host: Host, call: Call, jail: Jail, config: Config): Promise<void> {
  const uuid = jail.name.replaceAll('.', '_')
  const ran = await run(host, call, 'jexec', [kernelName(jail.name), ...text(config, 'exec_start').split(/\s+/)])
  const log = join(iocRoot(host), 'log', `${uuid}-console.log`)
  mkdirSync(join(iocRoot(host), 'log'), { recursive: true })
  appendFileSync(log, `${ran.out}\n${ran.code === 0 ? '' : ran.err}`)
  if (ran.code === 0) return info(call, '  + Starting services OK')
  await stopJail(host, silent(call), jail, true)
  return fail(`  + Starting services FAILED\nERROR:\n${ran.err}\n\nRefusing to start ${uuid}: exec_start failed`)
}

/** exec_prestart and the like run on the host. */
export async function hook(host: Host, call: Call, line: string, failed: (why: string) => void | Promise<void>): Promise<void> {
  const [program = '', ...args] = line.split(/\s+/)
  if (program.endsWith('/true') || program === '' || program === 'none') return
  const ran = await run(host, call, program.slice(program.lastIndexOf('/') + 1), args)
  if (ran.code !== 0) await failed(ran.err)
}

function networkParameters(host: Host, config: Config): string[] {
  if (isTrue(config['vnet'])) return ['vnet', ...vnetInterfaces(config)]
  const address = text(config, 'ip4_addr')
  return [
    ...(address === 'none' ? [] : [`ip4.addr=${withInterfaces(host, address)}`]),
    `ip4.saddrsel=${text(config, 'ip4_saddrsel')}`,
    `ip4=${text(config, 'ip4')}`,
    `ip6.saddrsel=${text(config, 'ip6_saddrsel')}`,
    `ip6=${text(config, 'ip6')}`,
  ]
}

function vnetInterfaces(config: Config): string[] {
  const names = text(config, 'vnet_interfaces')
  return names === 'none' ? [] : names.split(/\s+/).map((name) => `vnet.interface=${name}`)
}

/** An address without an interface goes to the one of the default route, unless the host has it already. */
function withInterfaces(host: Host, value: string): string {
  const outer = host.interfaces.find(({ name }) => !name.startsWith('lo'))?.name
  const taken = host.interfaces.flatMap(({ aliases }) => aliases.map(({ address }) => address))
  return value
    .split(',')
    .map((each) => (each.includes('|') || outer === undefined || taken.includes(each) ? each : `${outer}|${each}`))
    .join(',')
}

const parameters = [
  ['mount.fdescfs', 'mount_fdescfs'],
  ...['mlock', 'mount.tmpfs', 'mount.fdescfs', 'mount.fusefs', 'vmm', 'nfsd', 'set_hostname'].map((name) => [
    `allow.${name}`,
    `allow_${name.replace('.', '_')}`,
  ]),
  ['mount.devfs', 'mount_devfs'],
  ...['raw_sockets', 'sysvipc', 'quotas', 'socket_af', 'chflags', 'mount', 'mount.devfs', 'mount.nullfs'].map((name) => [
    `allow.${name}`,
    `allow_${name.replace('.', '_')}`,
  ]),
  ...['procfs', 'linprocfs', 'linsysfs', 'zfs'].map((name) => [`allow.mount.${name}`, `allow_mount_${name}`]),
]

function writeJailConf(host: Host, jail: Jail, config: Config, network: string[]): void {
  const uuid = jail.name.replaceAll('.', '_')
  const lines = [
    ...network,
    ...parameters.flatMap(([name = '', key = '']) => (isTrue(config[key]) ? [`${name}=1`] : [])),
    `sysvmsg=${text(config, 'sysvmsg')}`,
    `sysvsem=${text(config, 'sysvsem')}`,
    `sysvshm=${text(config, 'sysvshm')}`,
    `exec.created=${text(config, 'exec_created')}`,
    `host.domainname=${text(config, 'host_domainname')}`,
    `host.hostname=${text(config, 'host_hostname')}`,
    `path=${jail.folder}/root`,
    `securelevel=${text(config, 'securelevel')}`,
    `host.hostuuid=${uuid}`,
    'devfs_ruleset=1000',
    `enforce_statfs=${text(config, 'enforce_statfs')}`,
    `children.max=${text(config, 'children_max')}`,
    `exec.clean=${text(config, 'exec_clean')}`,
    `exec.timeout=${text(config, 'exec_timeout')}`,
    `stop.timeout=${text(config, 'stop_timeout')}`,
    `mount.fstab=${jail.folder}/fstab`,
    'allow.dying',
    `exec.consolelog=${iocRoot(host)}/log/ioc-${uuid}-console.log`,
    'persist',
  ]
  const body = lines.map((line) => `  ${line.includes('=') ? line.replace('=', ' = "').concat('"') : line};`)
  mkdirSync(join(host.paths.host, 'var/run'), { recursive: true })
  writeFileSync(join(host.paths.host, `var/run/jail.${kernelName(jail.name)}.conf`), `${kernelName(jail.name)} {\n${body.join('\n')}\n}\n`)
}

function copyResolver(host: Host, jail: Jail, config: Config): void {
  const from = text(config, 'resolver')
  const real = join(host.paths.host, from)
  const target = join(jail.folder, 'root/etc/resolv.conf')
  if (from.startsWith('/') && existsSync(real) && existsSync(join(jail.folder, 'root/etc'))) writeFileSync(target, readFileSync(real))
}

function keep(folder: string, values: Config): void {
  writeConfig(folder, { ...readConfig(folder), ...values })
}
