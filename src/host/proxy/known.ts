import type { Facts } from '../../core/host.ts'
import type { Backend, ReachableTarget, Route, SiteAddress } from '../../core/proxy.ts'
import { siteText } from '../../core/proxy.ts'
import type { Probe, Step } from '../../core/step.ts'
import { endpointOf } from '../addresses.ts'
import { backendName, type Place } from './backend-file.ts'
import { createSlots, isSlot, type Slots, slotServer } from './slots.ts'

/** What a driver builds steps from: the facts, and what the steps of this plan will have made of them so far. */
export interface Known extends Pick<Facts, 'layout' | 'proxy' | 'jails'> {
  slots: Slots
  /** Backends that the plan makes, by the name that tells whose they are, as they are called in HAProxy. */
  made: Map<string, string>
  /** Backends that the plan takes away. */
  gone: Set<string>
  /** Sites that the plan takes away, or leads elsewhere. */
  left: Set<string>
  /** Weights that the plan gives, by `backend/server`. */
  weights: Map<string, number>
  /** Set as soon as the plan has the steps that bring HAProxy to run. */
  isPrepared: boolean
}

export type ProxyHost = Pick<Facts, 'layout' | 'proxy' | 'jails' | 'reservedByOthers' | 'reservedHere'>

export function createKnown(facts: ProxyHost): Known {
  const known = { isPrepared: false }
  return Object.assign(known, {
    layout: facts.layout,
    proxy: facts.proxy,
    jails: facts.jails,
    slots: createSlots(facts, () => known.isPrepared && !facts.proxy.configured),
    made: new Map<string, string>(),
    gone: new Set<string>(),
    left: new Set<string>(),
    weights: new Map<string, number>(),
  })
}

/** When the steps run, HAProxy does. */
export function willRun({ proxy, isPrepared }: Known): boolean {
  return proxy.running || isPrepared
}

/** Backends come and go while it runs: 3.4 and newer. */
export function isDynamic({ proxy }: Known): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(proxy.version ?? '') ?? []
  return proxy.running && (Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 4))
}

export function placeOf({ layout }: Known, { address, port }: ReachableTarget): Place {
  const site = endpointOf(layout, address)
  return { address: site.address, port: port ?? site.port }
}

export function isGroup(backend: string): boolean {
  return backend.startsWith('site_')
}

export function serverNameIn(backend: string, target: ReachableTarget): string {
  return isSlot(backend) ? slotServer : (target.server ?? backendName(target).replace(/^jail_/, ''))
}

export function standingBackends({ proxy, gone }: Known): Backend[] {
  return proxy.backends.filter(({ name, isSpare }) => !isSpare && !gone.has(name))
}

/** Backends that only sites have which the plan leads elsewhere: nobody needs them any more. */
export function unneededGroup({ proxy, left, gone }: Known, { backend }: Route): Backend | undefined {
  if (!isGroup(backend) || gone.has(backend)) return undefined
  const isNeeded = proxy.routes.some((route) => route.backend === backend && !left.has(siteText(route)))
  return isNeeded ? undefined : proxy.backends.find(({ name }) => name === backend)
}

export function formerRoute({ proxy }: Known, { host, path }: SiteAddress): Route | undefined {
  return proxy.routes.find((route) => route.host === host && route.path === path)
}

export function backendIs({ layout }: Known, backend: string, place: Place, or?: Place): Probe {
  return {
    kind: 'haproxy-backend',
    socket: layout.haproxy.socket,
    backend,
    server: `${place.address}:${place.port}`,
    ...(or !== undefined && { or: `${or.address}:${or.port}` }),
  }
}

export function setServer(known: Known, title: string, backend: string, server: string, change: ServerWish): Step {
  return { title, action: { kind: 'proxy-server', socket: known.layout.haproxy.socket, backend, server, ...change } }
}

type ServerWish = Pick<Extract<Step['action'], { kind: 'proxy-server' }>, 'address' | 'weight' | 'state' | 'shut'>
