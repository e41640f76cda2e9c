import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { ReachableTarget, Route } from '../../../core/proxy.ts'
import type { Cut } from '../../../core/step.ts'
import { blockLines, type Strangers, strangersIn } from './beside.ts'
import { blockIn, type FoundBlock, renewed, withoutBlock } from './block.ts'
import { frontendOf, placeOfBlock } from './frontend.ts'
import { type Rule, rulesOf } from './pairs.ts'
import { readConfiguration, type ReadConfiguration, type Section } from './sections.ts'
import { targetOf } from './targets.ts'

/** What would become of a file of theirs. */
export interface TakeOver {
  /** Puts our block in, or the newest one in place of an older; empty where it stands already. */
  block: Cut[]
  /** Takes out what the block does from then on; places are those of the text without the changes above. */
  pairs: Cut[]
  taken: { host: string; target: ReachableTarget }[]
  /** What stays theirs, with the reason, as sentences. */
  left: string[]
  strangers: Strangers
  /** Whom strangers get, where their file says so. */
  defaultBackend?: string
}

interface Known {
  layout: Layout
  jails: readonly Jail[]
  routes: readonly Route[]
}

/** A text instead says why nothing can be done with the file. */
export function takeOver(
  text: string,
  found: Exclude<FoundBlock, { kind: 'damaged' }>,
  asked: Strangers | undefined,
  known: Known,
): TakeOver | string {
  const read = readConfiguration(found.kind === 'whole' ? withoutBlock(text, found) : text)
  const frontend = problemOf(read) ?? frontendOf(read, known.layout)
  if (typeof frontend === 'string') return frontend
  if ('problem' in frontend) return frontend.problem
  const strangers = asked ?? (found.kind === 'whole' ? strangersIn(found.body) : 'theirs')
  const { taken, left, gone } = choose(rulesOf(frontend), read.sections, known)
  if (strangers === 'refused' && left.length > 0) {
    return `whoever is not routed by jailops can be refused only when nobody is left whom its own rules send somewhere: ${left.join('; ')}`
  }
  const lines = blockLines(known.layout, strangers)
  const defaultBackend = frontend.directives.findLast(({ words }) => words[0] === 'default_backend')?.words[1]
  return {
    block:
      found.kind === 'whole'
        ? renewed(text, found, lines)
        : blockIn(text, placeOfBlock(frontend), lines, indentAt(text, placeOfBlock(frontend))),
    pairs: gone.toSorted((a, b) => a.at - b.at).map(({ at, end }) => ({ at, remove: text.slice(at, end), insert: '' })),
    taken,
    left: [...left, ...othersOf(read.sections, frontend)],
    strangers,
    ...(defaultBackend !== undefined && { defaultBackend }),
  }
}

function problemOf({ sections, strange }: ReadConfiguration): string | undefined {
  const [first] = strange
  if (first !== undefined) return `line ${first.number} (${first.words[0] ?? 'an open quote'}) is nothing that jailops reads`
  const clash = sections.find(({ kind, name }) => ['frontend', 'backend', 'listen', 'defaults'].includes(kind) && isOurName(name))
  if (clash !== undefined) return `line ${clash.head.number} has the name ${clash.name}, which jailops needs: give it another one`
  const path = sections.flatMap(({ directives }) => directives).find(({ words }) => words[0] === 'default-path')
  return path === undefined ? undefined : `line ${path.number} (default-path) makes paths depend on where the file lies: write them out`
}

function isOurName(name: string): boolean {
  return /^(jail|none|clients|web)$|^(jail_|site_|slot_)/.test(name)
}

/**
 * The block comes before all of their rules. So what is taken may only stand before the first rule that looks at more than the host name:
 * a request that this rule would have got must not reach ours instead. Of two rules for one host the first counts.
 */
function choose(
  rules: readonly Rule[],
  sections: readonly Section[],
  { layout, jails, routes }: Known,
): Pick<TakeOver, 'taken' | 'left'> & { gone: { at: number; end: number }[] } {
  const taken: TakeOver['taken'] = []
  const left: string[] = []
  const gone: { at: number; end: number }[] = []
  const seen = new Set(routes.filter(({ path }) => path === undefined).map(({ host }) => host))
  let before: Rule | undefined
  for (const rule of rules) {
    const leave = (why: string) => left.push(`line ${rule.line.number} (use_backend ${rule.backend}): ${why}`)
    const { hosts } = rule
    if (hosts === undefined) {
      leave(rule.why ?? 'it asks for more than a host name')
      before ??= rule
      continue
    }
    const twice = hosts.find((host) => seen.has(host))
    const target = targetOf(rule.backend, sections, jails, layout)
    for (const host of hosts) seen.add(host)
    if (before !== undefined) leave(`it comes after line ${before.line.number}, and their order counts`)
    else if (twice !== undefined) leave(`${twice} is routed already`)
    else if (typeof target === 'string') leave(target)
    else {
      taken.push(...[...new Set(hosts)].map((host) => ({ host, target })))
      gone.push(rule.line, ...rule.list)
    }
  }
  return { taken, left, gone }
}

function othersOf(sections: readonly Section[], frontend: Section): string[] {
  return sections
    .filter((one) => (one.kind === 'frontend' || one.kind === 'listen') && one !== frontend)
    .map(({ kind, name, head }) => `line ${head.number}: ${kind} ${name} stays as it is; jailops works in ${frontend.name} only`)
}

function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(at))?.[0] || '  '
}
