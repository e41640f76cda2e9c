import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { layoutSchema, type Layout } from '../core/layout.ts'
import { startGuard } from '../guard/guard.ts'
import { installPrograms } from './client.ts'
import { takeOldDiscsAway } from './disc.ts'
import { makeReleaseDisc } from './release-disc.ts'
import { setUpEzjail } from './ezjail/setup.ts'
import { setFaults, withFaults } from './faults.ts'
import { boot, coldMachine, makeHostFiles } from './machine.ts'
import { installHostNginx } from './nginx/on-host.ts'
import { hostProgramNames, runHostProgram } from './programs.ts'
import { isAlive } from './real.ts'
import { startResident } from './resident.ts'
import { loadSettings, type Settings } from './settings.ts'

export { setFaults }
export type { Fault } from './faults.ts'

export interface Lab {
  folder: string
  layout: Layout
  /** Stands for `/` of the host. */
  hostFolder: string
  controlFolder: string
  /** Ends every real daemon and the resident; the folder can be started again, which is a reboot. */
  stop(): Promise<void>
}

export interface LabOptions {
  folder: string
  /** For sockets, whose paths must be short; by default a new folder below the system's temporary one. */
  runFolder?: string
  proxyPort?: number
  /** Where HAProxy listens: this machine only, if not given. */
  proxyAddress?: string
  /** One address for all jails, one port each: for machines that do not bind all of 127/8. */
  sharedAddress?: boolean
  /** Of a new folder: its files lie in a ZFS pool, zroot. */
  zfs?: boolean
  /** Of a new folder: jail managers beside the base system's own. iocage needs zfs. */
  managers?: Settings['managers']
  /** Of a new folder: what stands in front, HAProxy if not given. */
  proxy?: Settings['proxy']
}

const longestSocketPath = 95

/** A FreeBSD 15.1 host in a folder. What it cannot imitate it refuses loudly. */
export async function startLab(options: LabOptions): Promise<Lab> {
  mkdirSync(options.folder, { recursive: true })
  const folder = realpathSync(resolve(options.folder))
  const hostFolder = join(folder, 'host')
  const controlFolder = join(folder, 'control')
  mustNotRun(folder)
  const settings = await loadSettings(folder, options)
  const sockets = chooseSocketFolder(folder, options.runFolder)
  const layout = layoutOf(folder, hostFolder, sockets.folder, { ...settings, proxyAddress: options.proxyAddress ?? '127.0.0.1' })

  mkdirSync(controlFolder, { recursive: true })
  takeOldDiscsAway(folder)
  await makeHostFiles(hostFolder, layout.haproxy.configFolder)
  if (settings.proxy === 'nginx') installHostNginx(hostFolder)
  if (settings.managers.includes('ezjail')) {
    setUpEzjail(hostFolder)
    await makeReleaseDisc(hostFolder, folder)
  }
  installPrograms(folder, hostProgramNames(settings))

  const run = join(folder, 'run')
  const guard = startGuard(run)
  const host = coldMachine({ folder, host: hostFolder, discs: new Set() }, guard, settings)
  writeFileSync(join(run, 'boot.log'), await boot(host))
  const resident = startResident(
    run,
    withFaults(folder, (call) => runHostProgram(host, call)),
  )
  return {
    folder,
    layout,
    hostFolder,
    controlFolder,
    stop: async () => {
      resident.stop()
      await guard.stop()
      sockets.remove()
    },
  }
}

/** Two residents in one folder would answer for one another. The guard takes the file away when a resident dies. */
function mustNotRun(folder: string): void {
  const file = join(folder, 'run', 'resident')
  if (existsSync(file) && isAlive(Number(readFileSync(file, 'utf8')))) throw new Error(`lab: ${folder} is running already`)
}

function chooseSocketFolder(folder: string, asked: string | undefined): { folder: string; remove: () => void } {
  const own = join(folder, 'run')
  const short = asked ?? (own.length + '/haproxy.sock'.length <= longestSocketPath ? own : undefined)
  const made = short ?? mkdtempSync(join(tmpdir(), 'lab-'))
  mkdirSync(made, { recursive: true })
  const remove = () =>
    short === undefined ? rmSync(made, { recursive: true, force: true }) : rmSync(join(made, 'haproxy.sock'), { force: true })
  return { folder: made, remove }
}

function layoutOf(folder: string, host: string, sockets: string, settings: Settings & { proxyAddress: string }): Layout {
  const { sharedAddress, sitePort, statusPort, proxyPort, tlsPort, proxyAddress, proxy, pool } = settings
  return layoutSchema.parse({
    programFolders: [join(folder, 'bin')],
    jailRoots: join(host, 'usr/jails'),
    trash: join(host, 'usr/jails/.trash'),
    base: join(host, 'usr/jails/.base'),
    resolvConf: join(host, 'etc/resolv.conf'),
    jailConf: join(host, 'etc/jail.conf'),
    jailConfFolder: join(host, 'etc/jail.conf.d'),
    bastille: { prefix: join(host, 'usr/local/bastille') },
    iocage: { root: join(host, 'iocage') },
    ezjail: {
      jails: join(host, 'usr/jails'),
      configurations: join(host, 'usr/local/etc/ezjail'),
      fstabFolder: join(host, 'etc'),
    },
    releases: join(host, 'usr/jails/.releases'),
    archives: join(host, 'usr/jails/.archives'),
    templates: join(host, 'usr/local/etc/jailops/templates'),
    marks: join(host, 'usr/jails/.marks'),
    rctlConf: join(host, 'etc/rctl.conf'),
    logs: join(host, 'var/log'),
    interface: 'lo1',
    pool,
    sites: sharedAddress
      ? { kind: 'shared-address', address: '127.0.0.1', firstPort: sitePort, firstStatusPort: statusPort }
      : { kind: 'own-address', port: sitePort, statusPort },
    proxy,
    nginxFront: {
      configuration: join(host, 'usr/local/etc/nginx/nginx.conf'),
      folder: join(host, 'usr/local/etc/nginx/jailops'),
      logFolder: join(host, 'var/log/jailops-nginx'),
      newsyslogFolder: join(host, 'usr/local/etc/newsyslog.conf.d'),
      pidFile: join(host, 'var/run/nginx.pid'),
    },
    haproxy: {
      configFolder: join(host, 'usr/local/etc/haproxy.d'),
      usualFile: join(host, 'usr/local/etc/haproxy.conf'),
      socket: join(sockets, 'haproxy.sock'),
      pidFile: join(host, 'var/run/haproxy.pid'),
      bindAddress: proxyAddress,
      bindPort: proxyPort,
      tlsPort,
    },
    confineTo: folder,
  })
}
