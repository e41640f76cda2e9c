import type { FactName, ObservedFacts } from '../../core/host.ts'
import type { ConfiguredJail, Jail, Template } from '../../core/jail.ts'
import { noProxy } from '../../core/proxy.ts'
import type { About } from '../../core/proxy-status.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { type CheckDeps, checkHost } from '../check/check-host.ts'
import { observeAddresses } from './addresses.ts'
import { observeAllConfigured } from './all-jails.ts'
import { observeArchives } from './archives.ts'
import { observeBoot } from './boot.ts'
import { type Configuration, observeConfigured } from './configured-jails.ts'
import { observeDatasets } from './datasets.ts'
import { observeHost } from './host-status.ts'
import { mergeJails } from './jails.ts'
import { observeMeta } from './kernel.ts'
import { observeLimits } from './limits.ts'
import { observeManagers } from './managers.ts'
import { observeModes } from './modes.ts'
import { observeProxyLog } from './proxy-log.ts'
import { observeProxy } from './proxy.ts'
import { observeNginxFront } from './proxy-nginx.ts'
import { observeProxyStatus } from './proxy-status.ts'
import { haproxyStatusSource } from './haproxy-status.ts'
import { nginxStatusSource } from './nginx-status.ts'
import type { StatusSource } from './status-source.ts'
import { observeRunning } from './running-jails.ts'
import { observePlatform, observeReleases } from './releases.ts'
import { observeSnapshots } from './snapshots.ts'
import { observeBase } from './space.ts'
import { observeTemplates } from './templates.ts'
import { observeTrash } from './trash.ts'

/** Beyond shell and layout only the facts `check` and `templates` (those that came with jailops) ask for anything. */
type ObserveDeps = Pick<CheckDeps, 'shell' | 'layout'> & Partial<CheckDeps> & { templates?: readonly Template[] }

/**
 * Looks at the host once for everything that was asked for; what several facts rest on is looked at once for all.
 * @throws host_not_ready when a tool of the host gives no answer
 */
export async function observe(
  deps: ObserveDeps,
  wanted: readonly FactName[],
  reservations: { others: string[]; here: string[] },
  about: About = {},
): Promise<ObservedFacts> {
  const { shell, layout } = deps
  const wants = (...names: FactName[]) => names.some((name) => wanted.includes(name))
  const needsJails = wants('jails', 'proxy', 'modes')

  const running = needsJails || wants('addresses', 'host') ? observeRunning(shell) : none([])
  const configuration = needsJails || wants('addresses') ? observeConfigured(shell, layout) : none(noConfiguration)
  const boot = needsJails || wants('addresses') ? observeBoot(shell, configuration) : none(noBoot)
  const managers = needsJails || wants('addresses', 'releases') ? observeManagers(shell, layout) : none<ObservedFacts['managers']>([])
  const datasets = needsJails || wants('addresses', 'snapshots', 'releases') ? observeDatasets(shell, layout) : none([])
  const configured =
    needsJails || wants('addresses')
      ? observeAllConfigured({ shell, layout }, { configuration, boot, managers, datasets })
      : none<ConfiguredJail[]>([])
  const jails = needsJails ? Promise.all([running, configured]).then((parts) => mergeJails(...parts)) : none<Jail[]>([])
  const free = wants('addresses', 'host') ? shell.freeMegabytes(layout.jailRoots) : none(0)

  const proxyFacts = wants('proxy') ? (layout.proxy === 'nginx' ? observeNginxFront : observeProxy)(shell, layout, jails) : undefined

  const [check, hostStatus, proxyStatus, platform, modes, proxyLog, ...seen] = await Promise.all([
    wants('check') ? checkHost({ now: Date.now, ...deps }) : undefined,
    wants('host') ? observeHost(shell, free, running) : undefined,
    wants('proxyStatus') ? observeProxyStatus(statusSource(shell, layout), about, proxyFacts) : undefined,
    wants('releases') ? observePlatform(shell) : undefined,
    wants('modes') ? jails.then((all) => observeModes(shell, all)) : {},
    wants('proxyLog') ? observeProxyLog(shell, layout) : [],
    jails,
    boot,
    wants('trash') ? observeTrash(shell, layout) : [],
    wants('addresses') ? observeAddresses(shell, running, configured) : { taken: [], interfaces: [] },
    free,
    wants('addresses') ? observeBase(shell, layout) : 0,
    wants('addresses', 'resolver') ? shell.readFile(layout.resolvConf) : undefined,
    proxyFacts ?? noProxy,
    managers,
    datasets,
    wants('snapshots') ? observeSnapshots(shell, layout) : [],
    wants('releases') ? observeReleases(shell, layout) : [],
    wants('archives') ? observeArchives(shell, layout) : [],
    wants('templates') ? observeTemplates(shell, layout, deps.templates) : [],
    needsJails ? observeLimits(shell, layout) : noLimits,
    needsJails ? observeMeta(shell) : false,
    running,
    configuration,
    configured,
  ])
  const [allJails, bootFacts, trash, addresses, freeMegabytes, baseMegabytes, resolver, proxy, ...more] = seen
  const [allManagers, allDatasets, snapshots, releases, archives, templates, limits, hasMeta] = more
  return {
    jails: allJails,
    managers: allManagers,
    datasets: allDatasets,
    snapshots,
    releases,
    archives,
    templates,
    ...limits,
    hasMeta,
    trash,
    addresses,
    boot: bootFacts,
    freeMegabytes,
    baseMegabytes,
    resolver: resolver ?? '',
    proxy,
    siteChanges: [],
    proxyLog,
    ...(proxyStatus !== undefined && { proxyStatus }),
    ...(hostStatus !== undefined && { host: hostStatus }),
    ...(check !== undefined && { check }),
    ...(platform !== undefined && { platform }),
    modes,
    reservedByOthers: reservations.others,
    reservedHere: reservations.here,
    looked: {},
  }
}

function statusSource(shell: Shell, layout: Layout): Promise<StatusSource | undefined> {
  return layout.proxy === 'nginx' ? nginxStatusSource(shell, layout, Date.now) : haproxyStatusSource(shell, layout)
}

const noConfiguration: Configuration = { jails: new Map(), inJailConf: { configured: [], includesFolder: false } }
const noLimits: Pick<ObservedFacts, 'canLimit' | 'limits'> = { canLimit: false, limits: [] }
const noBoot: ObservedFacts['boot'] = { list: [], jailEnable: false, ...noConfiguration.inJailConf }

function none<T>(value: T): Promise<T> {
  return Promise.resolve(value)
}
