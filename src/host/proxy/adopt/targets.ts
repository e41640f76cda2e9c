import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { ReachableTarget } from '../../../core/proxy.ts'
import { endpointOf } from '../../addresses.ts'
import { modeOf } from './frontend.ts'
import type { Section } from './sections.ts'

/** What of a server's line is as good with us: our backends check their jails, too. A word with true has a value behind it. */
const known: Readonly<Record<string, boolean>> = {
  check: false,
  inter: true,
  fastinter: true,
  downinter: true,
  rise: true,
  fall: true,
  weight: true,
}

/** Said of a backend with one server it changes nothing, or ours does it as well. */
const harmless = new Set(['mode', 'balance', 'http-check', 'description', 'log'])
const harmlessOptions = new Set(['httpchk', 'forwardfor', 'httplog'])

/** Which jail a backend of theirs leads to; a text says why it cannot be one of ours. */
export function targetOf(name: string, sections: readonly Section[], jails: readonly Jail[], layout: Layout): ReachableTarget | string {
  const backend = sections.find((one) => one.kind === 'backend' && one.name === name)
  if (backend === undefined) return `there is no backend ${name} in it`
  if (modeOf(backend, sections) !== 'http') return `backend ${name} is not in mode http`
  const servers = backend.directives.filter(({ words }) => words[0] === 'server')
  const [server, ...more] = servers
  if (server === undefined || more.length > 0)
    return `backend ${name} has ${servers.length} servers: say who shares it with /proxy add and /proxy weight`
  const other = backend.directives.find((one) => one !== server && !isHarmless(one.words))
  if (other !== undefined) return `line ${other.number} (${other.words.slice(0, 2).join(' ')}) does more than send to a server`
  const [, , place = '', ...options] = server.words
  const [, address, port] = /^(?:ipv4@)?([0-9.]+)(?::([0-9]+))?$/.exec(place) ?? []
  if (address === undefined || !server.isPlain) return `line ${server.number}: ${place} is not the address of a jail`
  const strange = options.find((word, at) => !Object.hasOwn(known, word) && known[options[at - 1] ?? ''] !== true)
  if (strange !== undefined) return `line ${server.number}: jailops does not say ${strange} of a server`
  return jailAt(address, port === undefined ? layout.haproxy.bindPort : Number(port), jails, layout)
}

function isHarmless([first = '', second = '']: readonly string[]): boolean {
  return harmless.has(first) || (first === 'option' && harmlessOptions.has(second))
}

function jailAt(address: string, port: number, jails: readonly Jail[], layout: Layout): ReachableTarget | string {
  const withAddress = jails.flatMap((jail) => (jail.address === undefined ? [] : [{ jail, address: jail.address }]))
  const exact = withAddress.find((one) => {
    const site = endpointOf(layout, one.address)
    return site.address === address && site.port === port
  })
  const found = exact ?? withAddress.find((one) => one.address === address)
  if (found === undefined) return `no jail has the address ${address}`
  const { name, ours, state } = found.jail
  if (!ours) return `jail ${name} is not one of jailops's: let it have it first, /jail adopt ${name}`
  if (state !== 'running') return `jail ${name} is not running: /jail start ${name}`
  return { jail: name, address: found.address, weight: 100, ...(exact === undefined && { port }) }
}
