import { JailopsError } from '../../core/errors.ts'
import type { Backend, ReachableTarget, Target } from '../../core/proxy.ts'
import type { Step } from '../../core/step.ts'
import { type Known, serverNameIn, setServer, standingBackends } from './known.ts'

/** No new requests for a jail, wherever it stands. */
export function drainJail(known: Known, jail: string, seconds: number): Step[] {
  const servers = serversOf(serving(known, jail)).filter(({ target }) => target.jail === jail)
  return known.proxy.running ? drainServers(known, servers, jail, seconds) : []
}

export function drainBackend(known: Known, backend: Backend, shown: string, seconds: number): Step[] {
  return drainServers(known, serversOf([backend]), shown, seconds)
}

function drainServers(known: Known, servers: readonly Serving[], shown: string, seconds: number): Step[] {
  const [first, ...also] = servers.map(({ backend, server }) => ({ backend, server }))
  if (first === undefined) return []
  return [
    ...servers.map(({ backend, server, target }) =>
      setServer(known, `Send ${target.jail} no new requests (${backend})`, backend, server, { state: 'drain' }),
    ),
    {
      title: `Wait for the requests that ${shown} still answers, at most ${seconds} s`,
      action: { kind: 'await', timeoutSeconds: seconds, goesOn: true },
      done: {
        kind: 'proxy-sessions',
        socket: known.layout.haproxy.socket,
        ...first,
        atMost: 0,
        ...(also.length > 0 && { also }),
      },
    },
  ]
}

export function readyJail(known: Known, jail: string): Step[] {
  if (!known.proxy.running) return []
  const servers = serversOf(serving(known, jail)).filter(({ target }) => target.jail === jail)
  return [
    ...servers.map(({ backend, server }) =>
      setServer(known, `Send ${jail} requests again (${backend})`, backend, server, { state: 'ready' }),
    ),
    ...servers
      // without a weight it gets none, and HAProxy does not call it up
      .filter(({ target }) => target.weight > 0)
      .map(({ backend, server }): Step => ({
        title: `Wait until HAProxy finds ${jail} alive (${backend})`,
        action: { kind: 'await', timeoutSeconds: 30 },
        done: { kind: 'haproxy-server-up', socket: known.layout.haproxy.socket, backend, server },
      })),
  ]
}

/** Where the jails of a weight are: they have to be there, or to have been there when their backend was made. */
export function reachable(known: Known, targets: readonly Target[], standing: readonly ReachableTarget[] = []): ReachableTarget[] {
  return targets.map((target) => {
    const address = [...known.jails.map(({ name, ...jail }) => ({ jail: name, ...jail })), ...standing].find(
      (one) => one.jail === target.jail && one.address !== undefined,
    )?.address
    if (address !== undefined) return { ...target, address }
    throw new JailopsError(
      'jail_stopped',
      `${target.jail} has no address, so nothing can be sent there. Start it first: /jail start ${target.jail}`,
    )
  })
}

function serving(known: Known, jail: string): Backend[] {
  return standingBackends(known).filter(({ targets }) => targets.some((target) => target.jail === jail))
}

interface Serving {
  backend: string
  server: string
  target: ReachableTarget
}

function serversOf(backends: readonly Backend[]): Serving[] {
  return backends.flatMap(({ name, targets }) => targets.map((target) => ({ backend: name, server: serverNameIn(name, target), target })))
}
