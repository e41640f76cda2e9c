import type { ObservedFacts, Route } from '../../core/host.ts'
import type { Jail } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import { backendOf } from '../../core/names.ts'
import { endpointOf } from '../addresses.ts'
import { baseFile, frontFile, hostsMap, isOurProxyFile, jailOfBackendFile, serverInFile } from '../proxy/configuration.ts'
import { createHaproxySocket } from '../proxy/socket.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'
import { isYes, rcVariable } from './boot.ts'

/** What the files say, which is what survives a restart, and whether HAProxy runs. */
export async function observeProxy(shell: Shell, layout: Layout, jails: Promise<Jail[]>): Promise<ObservedFacts['proxy']> {
  const { configFolder, socket } = layout.haproxy
  const isOurs = async (file: string) => isOurProxyFile((await shell.readFile(`${configFolder}/${file}`)) ?? '')
  const [map, base, front, enable, running, ourJails] = await Promise.all([
    shell.readFile(hostsMap(layout)),
    isOurs(baseFile),
    isOurs(frontFile),
    rcVariable(shell, 'haproxy_enable'),
    createHaproxySocket(shell, socket)
      .info()
      .then(
        () => true,
        () => false,
      ),
    jails.then((all) => all.filter((jail) => jail.ours)),
  ])
  return {
    running,
    configured: base && front,
    enabled: isYes(enable),
    routes: readRoutes(map ?? '', ourJails),
    backends: await observeBackends(shell, layout, ourJails),
  }
}

/** One `key value` a line; as in HAProxy, the first of several lines with one key counts. */
function readRoutes(map: string, jails: readonly Jail[]): Route[] {
  const routes = new Map<string, Route>()
  for (const line of map.split('\n')) {
    const [, host, backend] = /^\s*([^#\s]\S*)\s+(\S.*?)\s*$/.exec(line) ?? []
    if (host === undefined || backend === undefined || routes.has(host)) continue
    const jail = jails.find((candidate) => backendOf(candidate.name) === backend)?.name
    routes.set(host, { host, backend, ...(jail !== undefined && { jail }) })
  }
  return [...routes.values()]
}

/** A file that sends a jail's requests to an address which the jail no longer has is as good as none: it would reach another tenant. */
async function observeBackends(shell: Shell, layout: Layout, jails: readonly Jail[]): Promise<string[]> {
  const files = await shell.list(layout.haproxy.configFolder)
  const found = await inBatches(files, async (file) => {
    const name = jailOfBackendFile(file)
    if (name === undefined) return undefined
    const server = serverInFile((await shell.readFile(`${layout.haproxy.configFolder}/${file}`)) ?? '')
    const address = jails.find((jail) => jail.name === name)?.address
    const endpoint = address === undefined ? undefined : endpointOf(layout, address)
    return endpoint === undefined || server === `${endpoint.address}:${endpoint.port}` ? backendOf(name) : undefined
  })
  return found.filter((backend) => backend !== undefined)
}
