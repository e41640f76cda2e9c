import type { Jail } from '../core/jail.ts'
import { type ProxyFacts, siteText } from '../core/proxy.ts'
import type { BackendBehind } from '../host/proxy/alert-causes.ts'

/** Which jails and sites a backend's name stands for. */
export function behindBackends({ backends, routes }: ProxyFacts, jails: readonly Jail[]): Map<string, BackendBehind> {
  const running = new Set(jails.filter(({ state }) => state === 'running').map(({ name }) => name))
  const sites = new Map<string, string[]>()
  for (const route of routes) sites.set(route.backend, [...(sites.get(route.backend) ?? []), siteText(route)])
  return new Map(
    backends.map(({ name, targets }) => [
      name,
      {
        jails: targets.map(({ jail, port }) => ({ name: jail, isRunning: running.has(jail), isApp: port !== undefined })),
        sites: sites.get(name) ?? [],
      },
    ]),
  )
}
