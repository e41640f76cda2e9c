import type { FactName, Jail, ObservedFacts } from '../../core/host.ts'
import { type CheckDeps, checkHost } from '../check/check-host.ts'
import { observeAddresses } from './addresses.ts'
import { observeBoot } from './boot.ts'
import { type Configuration, observeConfigured } from './configured-jails.ts'
import { observeHost } from './host-status.ts'
import { mergeJails } from './jails.ts'
import { observeProxy } from './proxy.ts'
import { observeProxyStatus } from './proxy-status.ts'
import { observeRunning } from './running-jails.ts'
import { observeSites } from './site-status.ts'
import { observeBase } from './space.ts'
import { observeTrash } from './trash.ts'

/** Beyond shell and layout only the fact `check` asks for anything. */
type ObserveDeps = Pick<CheckDeps, 'shell' | 'layout'> & Partial<CheckDeps>

/**
 * Looks at the host once for everything that was asked for; what several facts rest on is looked at once for all.
 * @throws host_not_ready when a tool of the host gives no answer
 */
export async function observe(
  deps: ObserveDeps,
  wanted: readonly FactName[],
  reservations: { others: string[]; here: string[] },
): Promise<ObservedFacts> {
  const { shell, layout } = deps
  const wants = (...names: FactName[]) => names.some((name) => wanted.includes(name))
  const needsJails = wants('jails', 'proxy', 'siteStatus')

  const running = needsJails || wants('addresses', 'host') ? observeRunning(shell) : none([])
  const configuration = needsJails || wants('addresses') ? observeConfigured(shell, layout) : none(noConfiguration)
  const boot = needsJails ? observeBoot(shell, configuration) : none(noBoot)
  const jails = needsJails ? Promise.all([running, configuration, boot]).then((parts) => mergeJails(...parts)) : none<Jail[]>([])
  const free = wants('addresses', 'host') ? shell.freeMegabytes(layout.jailRoots) : none(0)

  const [check, hostStatus, proxyStatus, ...seen] = await Promise.all([
    wants('check') ? checkHost({ now: Date.now, ...deps }) : undefined,
    wants('host') ? observeHost(shell, free, running) : undefined,
    wants('proxyStatus') ? observeProxyStatus(shell, layout) : undefined,
    jails,
    boot,
    wants('trash') ? observeTrash(shell, layout) : [],
    wants('addresses') ? observeAddresses(shell, running, configuration) : { taken: [], interfaces: [] },
    free,
    wants('addresses') ? observeBase(shell, layout) : 0,
    wants('addresses') ? shell.readFile(layout.resolvConf) : undefined,
    wants('proxy') ? observeProxy(shell, layout, jails) : noProxy,
    wants('siteStatus') ? jails.then((all) => observeSites(shell, layout, all)) : [],
    running,
    configuration,
  ])
  const [allJails, bootFacts, trash, addresses, freeMegabytes, baseMegabytes, resolver, proxy, siteStatus] = seen
  return {
    jails: allJails,
    trash,
    addresses,
    boot: bootFacts,
    freeMegabytes,
    baseMegabytes,
    resolver: resolver ?? '',
    proxy,
    siteStatus,
    ...(proxyStatus !== undefined && { proxyStatus }),
    ...(hostStatus !== undefined && { host: hostStatus }),
    ...(check !== undefined && { check }),
    reservedByOthers: reservations.others,
    reservedHere: reservations.here,
  }
}

const noConfiguration: Configuration = { jails: new Map(), inJailConf: { configured: [], includesFolder: false } }
const noBoot: ObservedFacts['boot'] = { list: [], jailEnable: false, ...noConfiguration.inJailConf }
const noProxy: ObservedFacts['proxy'] = { running: false, configured: false, enabled: false, routes: [], backends: [] }

function none<T>(value: T): Promise<T> {
  return Promise.resolve(value)
}
