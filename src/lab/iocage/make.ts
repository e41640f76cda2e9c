import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { readConfig, text, writeConfig, type Config } from './config.ts'
import { iocRoot, jailIn, poolDataset, type Jail } from './jails.ts'
import { fail, run, zfs } from './speech.ts'

export type Source = { kind: 'release' | 'template' | 'clone'; name: string } | { kind: 'empty'; name: 'EMPTY' }

/** The datasets of a new jail, and the configuration that it begins with. */
export async function makeDatasets(host: Host, call: Call, jail: Jail, source: Source, thick: boolean): Promise<Config> {
  const root = `${jail.dataset}/root`
  if (source.kind === 'empty') {
    await zfs(host, call, 'create', '-p', root)
    return { ...identity(jail), release: 'EMPTY', cloned_release: 'EMPTY' }
  }
  const { above, from } = datasetsOf(source)
  if (source.kind === 'template' && !existsSync(join(jailIn(host, 'templates', source.name).folder, 'config.json')))
    fail(`Template: ${source.name} not found!`)
  await takeSnapshot(host, call, thick || source.kind === 'release' ? from : above, jail.name, source)
  const snapshot = `${from}@${jail.name}`
  if (thick) await copyWhole(host, call, from, jail)
  else {
    if (source.kind === 'clone') await zfs(host, call, 'clone', `${above}@${jail.name}`, jail.dataset)
    await zfs(host, call, 'clone', '-p', snapshot, root)
  }
  return configOf(host, jail, source, thick)
}

function datasetsOf(source: Source): { above: string; from: string } {
  const kind = { release: 'releases', template: 'templates', clone: 'jails', empty: 'jails' }[source.kind]
  const above = `${poolDataset}/${kind}/${source.name}`
  return { above, from: `${above}/root` }
}

async function takeSnapshot(host: Host, call: Call, dataset: string, name: string, source: Source): Promise<void> {
  const ran = await run(host, call, 'zfs', ['snapshot', ...(source.kind === 'release' ? [] : ['-r']), `${dataset}@${name}`])
  if (ran.code === 0) return
  if (source.kind !== 'release') fail(`${source.kind === 'template' ? 'Template' : 'Jail'}: ${name} not found!`)
  if (!ran.err.includes('already exists')) fail(`RELEASE: ${source.name} not found!`)
  const snapshot = `${dataset}@${name}`
  fail(`Snapshot: ${snapshot} exists!\nPlease manually run zfs destroy ${snapshot} if you wish to destroy it.`)
}

/** A thick jail shares nothing: it is sent and received. */
async function copyWhole(host: Host, call: Call, from: string, jail: Jail): Promise<void> {
  await zfs(host, call, 'create', '-p', jail.dataset)
  const stream = await run(host, call, 'zfs', ['send', `${from}@${jail.name}`])
  const received = await run(host, call, 'zfs', ['receive', '-F', `${jail.dataset}/root`], Buffer.from(stream.out))
  await run(host, call, 'zfs', ['destroy', `${from}@${jail.name}`])
  await run(host, call, 'zfs', ['destroy', `${jail.dataset}/root@${jail.name}`])
  if (received.code === 0) return
  await run(host, call, 'zfs', ['destroy', '-rf', jail.dataset])
  fail(`Can't create thick jail from ${from}!`)
}

function identity(jail: Jail): Config {
  return {
    host_hostname: jail.name.replaceAll('_', '-'),
    host_hostuuid: jail.name,
    jail_zfs_dataset: `iocage/jails/${jail.name}/data`,
  }
}

function configOf(host: Host, jail: Jail, source: Source, thick: boolean): Config {
  if (source.kind === 'release') {
    const release = userlandVersion(join(jail.folder, 'root')) ?? source.name
    return { ...identity(jail), release, ...(thick ? {} : { cloned_release: source.name }) }
  }
  if (source.kind === 'template') {
    const config = readConfig(jailIn(host, 'templates', source.name).folder)
    const cloned = config['cloned_release']
    const release = text(config, 'release')
    return { ...identity(jail), release, source_template: source.name, ...(cloned === undefined ? {} : { cloned_release: cloned }) }
  }
  const folder = jailIn(host, 'jails', source.name).folder
  if (thick) for (const name of ['config.json', 'fstab']) copyFileSync(join(folder, name), join(jail.folder, name))
  const renamed = Object.entries(readConfig(folder)).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.replaceAll(source.name, jail.name) : value,
  ])
  return Object.fromEntries(renamed)
}

/** What freebsd-version -u would say in there. */
export function userlandVersion(root: string): string | undefined {
  const file = join(root, 'bin/freebsd-version')
  return existsSync(file) ? /USERLAND_VERSION="([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1] : undefined
}

/** config.json, fstab, hosts, and the rc.conf that all new jails get. */
export function writeFiles(host: Host, jail: Jail, config: Config, source: Source): void {
  writeConfig(jail.folder, config)
  const fstab = join(jail.folder, 'fstab')
  const hosts = join(jail.folder, 'root/etc/hosts')
  if (source.kind === 'clone') {
    for (const file of [fstab, hosts]) {
      if (existsSync(file)) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(source.name, jail.name))
    }
    return
  }
  writeFileSync(fstab, '')
  if (source.kind === 'empty') return
  const short = jail.name.split('.').at(-2) ?? jail.name
  const lines = existsSync(hosts)
    ? readFileSync(hosts, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []
  const address = config['ip4_addr'] === undefined || config['ip4_addr'] === 'none' ? undefined : text(config, 'ip4_addr')
  const own =
    address === undefined
      ? []
      : [`${address.split('|').at(-1)?.split('/')[0] ?? ''}\t${jail.name}${short === jail.name ? '' : `\t${short}`}`]
  writeFileSync(hosts, `${[...lines.map((line) => (line.startsWith('127.0.0.1') ? `${line} ${short}` : line)), ...own].join('\n')}\n`)
  const defaultRc = join(iocRoot(host), 'default_rc.conf')
  if (!existsSync(defaultRc)) writeFileSync(defaultRc, rcConf)
  if (!existsSync(join(jail.folder, 'root/etc/rc.conf'))) copyFileSync(defaultRc, join(jail.folder, 'root/etc/rc.conf'))
}

const rcConf = `cron_flags="$cron_flags -J 15"

# Disable Sendmail by default
sendmail_enable="NO"
sendmail_submit_enable="NO"
sendmail_outbound_enable="NO"
sendmail_msp_queue_enable="NO"

# Run secure syslog
syslogd_flags="-c -ss"

# Enable IPv6
ipv6_activate_all_interfaces="YES"
`
