import type { ProxyDriver } from '../../core/drivers.ts'
import type { Facts, Route } from '../../core/host.ts'
import { backendOf } from '../../core/names.ts'
import type { Layout } from '../../core/layout.ts'
import type { Probe, Step } from '../../core/step.ts'
import { endpointOf } from '../addresses.ts'
import { backendConfiguration, backendFile, hostsMap } from './configuration.ts'
import { prepareHaproxy } from './prepare.ts'
import { changeAndReload } from './reload.ts'

/** HAProxy in front: a host is a map entry (no reload), a jail is a backend file (one reload when its first host comes). */
export function createHaproxyDriver({ layout, proxy }: Pick<Facts, 'layout' | 'proxy'>): ProxyDriver {
  return {
    prepare: () => prepareHaproxy(layout, proxy),
    add(hosts, jail) {
      if (hosts.length === 0) return []
      return [
        ...(proxy.backends.includes(backendOf(jail.name)) ? [] : addBackend(layout, jail)),
        ...hosts.flatMap((host) => addHost(layout, host, jail.name)),
      ]
    },
    remove: (route) => removeHost(layout, route, proxy.running),
    forget: (jail) => (proxy.backends.includes(backendOf(jail)) ? removeBackend(layout, jail, proxy.running) : []),
  }
}

function addBackend(layout: Layout, jail: { name: string; address: string }): Step[] {
  const { address, port } = endpointOf(layout, jail.address)
  const backend = backendOf(jail.name)
  const change: Step = {
    title: `Tell HAProxy's configuration where ${jail.name} is`,
    action: {
      kind: 'haproxy-config',
      folder: layout.haproxy.configFolder,
      name: backendFile(jail.name),
      content: backendConfiguration(jail.name, { address, port }),
    },
  }
  return changeAndReload(change, backendIs(layout, backend, `${address}:${port}`))
}

function removeBackend(layout: Layout, jail: string, running: boolean): Step[] {
  const change: Step = {
    title: `Take ${jail} out of HAProxy's configuration`,
    action: { kind: 'haproxy-config', folder: layout.haproxy.configFolder, name: backendFile(jail), content: null },
  }
  return running ? changeAndReload(change, backendIs(layout, backendOf(jail), null)) : [change]
}

/** The file first: what is only in the running HAProxy is gone after its next restart. Then one real request through the front. */
function addHost(layout: Layout, host: string, jail: string): Step[] {
  const map = hostsMap(layout)
  const backend = backendOf(jail)
  return [
    { title: `Write ${host} into the map file`, action: { kind: 'map-entry', path: map, key: host, value: backend } },
    {
      title: `Let the running HAProxy send ${host} to ${jail}`,
      action: { kind: 'haproxy-map', socket: layout.haproxy.socket, map, key: host, value: backend },
    },
    {
      title: `Wait until ${host} is answered through HAProxy`,
      action: { kind: 'await', timeoutSeconds: 30 },
      done: {
        kind: 'http',
        address: layout.haproxy.bindAddress,
        port: layout.haproxy.bindPort,
        path: '/',
        // a wildcard is asked for by one of the names it stands for
        hostHeader: host.replace(/^\*\./, 'jailops-check.'),
        statusFrom: 100,
        statusTo: 499,
        // 421: not routed; 503: routed, and nobody is there
        notStatus: [421, 503],
      },
    },
  ]
}

/** The running HAProxy first: from then on the host gets 421, whatever happens to files and backends afterwards. */
function removeHost(layout: Layout, { host, backend }: Route, running: boolean): Step[] {
  const map = hostsMap(layout)
  const inFile: Step = { title: `Take ${host} out of the map file`, action: { kind: 'map-entry', path: map, key: host, value: null } }
  if (!running) return [inFile]
  return [
    {
      title: `Let the running HAProxy no longer send ${host} to ${backend}`,
      action: { kind: 'haproxy-map', socket: layout.haproxy.socket, map, key: host, value: null },
    },
    inFile,
  ]
}

function backendIs(layout: Layout, backend: string, server: string | null): Probe {
  return { kind: 'haproxy-backend', socket: layout.haproxy.socket, backend, server }
}
