import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { isYes } from '../service/rc.ts'
import { confFile, readConf } from './conf.ts'
import { repositories, repositoriesFolder } from './packaged.ts'
import { markAsRelease } from './releases.ts'
import { run, type Bastille } from './session.ts'

const release = '15.1-RELEASE'

/** As after `bastille setup` and `bastille bootstrap 15.1-RELEASE`; a folder that has a bastille.conf stays as it is. */
export async function setUpBastille(host: Host, call: Call): Promise<void> {
  const conf = join(host.paths.host, confFile)
  if (existsSync(conf)) return
  mkdirSync(dirname(conf), { recursive: true })
  writeFileSync(conf, confText(host))
  const script = join(host.paths.host, 'usr/local/etc/rc.d/bastille')
  writeFileSync(script, '#!/bin/sh\n# lab: imitated\n', { mode: 0o755 })
  mkdirSync(join(host.paths.host, repositoriesFolder), { recursive: true })
  writeFileSync(join(host.paths.host, repositoriesFolder, 'FreeBSD-base.conf'), repositories)
  const bastille: Bastille = { host, call, conf: readConf(host.paths) }
  const { prefix, dataset, logs, releases } = bastille.conf
  const parts = ['backups', 'cache', 'jails', 'releases', 'templates', `releases/${release}`]
  if (dataset === undefined) {
    await run(bastille, 'mkdir', ['-p', logs, ...parts.map((part) => `${prefix}/${part}`)])
    await run(bastille, 'mkdir', ['-p', `${prefix}/cache/${release}`])
  } else {
    await run(bastille, 'zfs', ['create', '-o', `mountpoint=${prefix}`, dataset])
    for (const part of [...parts, `cache/${release}`]) await run(bastille, 'zfs', ['create', `${dataset}/${part}`])
    await run(bastille, 'zfs', ['create', '-o', `mountpoint=${logs}`, `${dataset}/logs`])
  }
  await run(bastille, 'cp', ['-a', '/usr/jails/.base/', `${releases}/${release}`])
  markAsRelease(bastille, `${releases}/${release}`)
}

function confText({ paths, hasZfs }: Host): string {
  const prefix = join(paths.host, 'usr/local/bastille')
  const folders = ['backups', 'cache', 'jails', 'releases', 'templates'].map((name) => `bastille_${name}dir="${prefix}/${name}"`)
  return `#####################
## [ BastilleBSD ] ##
#####################

## default paths
bastille_prefix="${prefix}"
${folders.join('\n')}
bastille_logsdir="${join(paths.host, 'var/log/bastille')}"

## default timezone, resolver and archives
bastille_tzdata=""
bastille_resolv_conf="${join(paths.host, 'etc/resolv.conf')}"
bastille_bootstrap_archives="base"

## ZFS options
bastille_zfs_enable="${hasZfs ? 'YES' : 'NO'}"
bastille_zfs_zpool="${hasZfs ? 'zroot' : ''}"
bastille_zfs_prefix="bastille"

## Networking
bastille_network_vnet_type="if_bridge"
bastille_network_loopback="lo1"
bastille_network_shared=""
bastille_network_gateway=""
`
}

/** rc.d/bastille at boot. */
export async function bootBastille(host: Host, values: Map<string, string>, call: Call): Promise<void> {
  if (!isYes(values.get('bastille_enable'))) return
  const bastille: Bastille = { host, call, conf: readConf(host.paths) }
  await run(bastille, 'bastille', ['start', '-b', values.get('bastille_list') ?? 'ALL'])
}
