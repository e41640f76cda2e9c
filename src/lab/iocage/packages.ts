import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { fullConfig, isTrue, text } from './config.ts'
import { kernelName, runningJail, type Jail } from './jails.ts'
import { info, run, silent, warn } from './speech.ts'
import { startJail } from './start.ts'
import { stopJail } from './stop.ts'

const repository = 'pkg.freebsd.org'

/** What `create -p` installs. A package that cannot be had is only mentioned. */
export async function installPackages(host: Host, call: Call, jail: Jail, names: string[]): Promise<void> {
  const config = fullConfig(jail.folder)
  const hasAddress =
    ['ip4_addr', 'ip6_addr'].some((key) => text(config, key) !== 'none') ||
    ['dhcp', 'ip_hostname', 'nat'].some((key) => isTrue(config[key]))
  if (!hasAddress) return warn(call, 'You need an IP address for the jail to install packages!\n')
  const isStarted = runningJail(host, jail.name) === undefined
  if (isStarted) await startJail(host, silent(call), jail)
  info(call, `\nTesting Host DNS response to ${repository}`)
  info(call, `Testing ${jail.name}'s SRV response to ${repository}`)
  info(call, `Testing ${jail.name}'s DNSSEC response to ${repository}`)
  info(call, '\nInstalling pkg... ')
  info(call, '\nInstalling supplied packages:')
  for (const name of names) {
    info(call, `  - ${name}... `)
    await install(host, call, jail, name)
  }
  if (isStarted) await stopJail(host, silent(call), jail, false)
  return undefined
}

async function install(host: Host, call: Call, jail: Jail, name: string): Promise<void> {
  for (let turn = 1; ; turn++) {
    const ran = await run(host, call, 'pkg', ['-j', kernelName(jail.name), 'install', '-q', '-y', name])
    if (ran.code === 0) return
    info(call, `    - ${name} failed to install, retry #${turn}`)
    if (turn === 3) return warn(call, ran.err.trimEnd().split('\n').at(-1) ?? '')
  }
}
