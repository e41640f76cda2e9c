import type { Layout } from '../../../core/layout.ts'
import type { Directive, ReadConfiguration, Section } from './sections.ts'

/** The frontend that answers where jailops itself asks, by http and without TLS; else why none does. */
export function frontendOf({ sections }: ReadConfiguration, layout: Layout): Section | { problem: string } {
  const { bindAddress, bindPort } = layout.haproxy
  const frontends = sections.filter(({ kind }) => kind === 'frontend')
  const found = frontends.find((one) => bindsOf(one).some((bind) => listensAt(bind, bindAddress, bindPort)))
  if (found === undefined) {
    const places = frontends.flatMap((one) => bindsOf(one).map(({ words }) => `${one.name} at ${words[1]}`))
    return {
      problem:
        `none of its frontends listens at ${bindAddress}:${bindPort} without TLS, where jailops looks whether a site answers ` +
        `(${places.join(', ') || 'there is none'}). Say where it listens: haproxy.bindAddress and haproxy.bindPort in the layout of jailops.yaml`,
    }
  }
  if (modeOf(found, sections) !== 'http') return { problem: `its frontend ${found.name} is not in mode http, so it knows no host names` }
  const taken = found.directives.find(({ words }) => words.some((word) => word === 'track-sc1'))
  if (taken !== undefined)
    return { problem: `line ${taken.number} takes the counter sc1, by which jailops limits requests. Use sc0 or sc2 there` }
  return found
}

/** Where the block goes: before the first rule that chooses a backend, so that no rule of ours comes too late. */
export function placeOfBlock(frontend: Section): number {
  return frontend.directives.find(({ words }) => words[0] === 'default_backend' || words[0] === 'use_backend')?.at ?? frontend.end
}

function bindsOf({ directives }: Section): Directive[] {
  return directives.filter(({ words, isPlain }) => words[0] === 'bind' && isPlain)
}

function listensAt({ words: [, places = '', ...options] }: Directive, address: string, port: number): boolean {
  if (options.includes('ssl')) return false
  return places.split(',').some((place) => {
    const [, where = '', from, to = from] = /^(?:ipv4@)?(\*|[0-9.]*):([0-9]+)(?:-([0-9]+))?$/.exec(place) ?? []
    const isThere = where === '' || where === '*' || where === '0.0.0.0' || where === address
    return from !== undefined && isThere && Number(from) <= port && port <= Number(to)
  })
}

/** What it says itself, else its defaults: those that it names, or the last ones before it. HAProxy's own is tcp. */
export function modeOf(section: Section, sections: readonly Section[]): string {
  const own = saidMode(section)
  if (own !== undefined) return own
  const defaults = defaultsOf(section, sections)
  return (defaults && saidMode(defaults)) ?? 'tcp'
}

export function defaultsOf(section: Section, sections: readonly Section[]): Section | undefined {
  const all = sections.filter(({ kind }) => kind === 'defaults')
  if (section.from !== undefined) return all.find(({ name }) => name === section.from)
  return all.findLast(({ head }) => head.at < section.head.at)
}

function saidMode({ directives }: Section): string | undefined {
  return directives.findLast(({ words }) => words[0] === 'mode')?.words[1]
}
