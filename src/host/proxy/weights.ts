import { JailopsError } from '../../core/errors.ts'
import type { Backend, ReachableTarget, Target } from '../../core/proxy.ts'
import type { Step } from '../../core/step.ts'
import { type Known, serverNameIn, standingBackends } from './known.ts'

/** Whoever answers is found alive within four. */
const aliveSeconds = 30

/** No new requests for a jail, wherever it stands. Where a person drained it before, that is so already, and stays. */
export function drainJail(known: Known, jail: string, seconds: number): Step[] {
  if (!known.proxy.running) return []
  const servers = serversOf(known, serving(known, jail)).filter((one) => one.jail === jail)
  return [
    ...servers.filter(({ weight }) => weight > 0).map((one) => turn(known, `Send ${jail} no new requests (${one.backend})`, one, true)),
    ...awaitSessions(known, servers, jail, seconds),
  ]
}

/** Until whoever it still answers has gone. */
export function awaitLast(known: Known, backend: Backend, shown: string, seconds: number): Step[] {
  return awaitSessions(known, serversOf(known, [backend]), shown, seconds)
}

function awaitSessions(known: Known, servers: readonly Serving[], shown: string, seconds: number): Step[] {
  const [first, ...also] = servers.map(({ backend, server }) => ({ backend, server }))
  if (first === undefined) return []
  return [
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
  const servers = answering(known, jail)
  return [
    ...servers.map((one) => turn(known, `Send ${jail} requests again (${one.backend})`, one, false)),
    ...servers.map((one) => awaitAlive(known, one, false)),
  ]
}

/** What another request keeps requests from is nobody's to wait for; and an app may take minutes to start, or need a jail that runs to be mended. */
export function aliveJail(known: Known, jail: string): Step[] {
  return answering(known, jail)
    .filter(({ isDrained }) => !isDrained)
    .map((one) => awaitAlive(known, one, one.isApp))
}

/** Without a weight it gets no requests, and HAProxy does not call it up. */
function answering(known: Known, jail: string): Serving[] {
  if (!known.proxy.running) return []
  return serversOf(known, serving(known, jail)).filter((one) => one.jail === jail && one.weight > 0)
}

function awaitAlive({ layout: { haproxy } }: Known, { backend, server, jail }: Serving, goesOn: boolean): Step {
  return {
    title: `Wait until HAProxy finds ${jail} alive (${backend})${goesOn ? `, at most ${aliveSeconds} s` : ''}`,
    action: { kind: 'await', timeoutSeconds: aliveSeconds, ...(goesOn && { goesOn }) },
    done: { kind: 'haproxy-server-up', socket: haproxy.socket, backend, server },
  }
}

function turn({ layout: { haproxy } }: Known, title: string, { backend, server }: Serving, on: boolean): Step {
  return { title, action: { kind: 'proxy-drain', socket: haproxy.socket, folder: haproxy.configFolder, backend, server, on } }
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
  jail: string
  /** By the time that this is asked in the plan. */
  weight: number
  isDrained: boolean
  /** By a port of its own, not the jail's nginx. */
  isApp: boolean
}

function serversOf({ weights }: Known, backends: readonly Backend[]): Serving[] {
  return backends.flatMap(({ name, targets }) =>
    targets.map((target) => {
      const server = serverNameIn(name, target)
      return {
        backend: name,
        server,
        jail: target.jail,
        weight: weights.get(`${name}/${server}`) ?? target.weight,
        isDrained: target.isDrained === true,
        isApp: target.port !== undefined,
      }
    }),
  )
}
