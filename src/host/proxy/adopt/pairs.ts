import { siteName } from '../../../core/names.ts'
import type { Directive, Section } from './sections.ts'

/* `acl NAME hdr(host) -i HOST…` with `use_backend BACKEND if NAME`: what chooses a backend by the host name alone. */

/** One `use_backend`, read. */
export interface Rule {
  line: Directive
  backend: string
  /** Whom it is for; absent where it asks for more than a host name, and `why` says what. */
  hosts?: string[]
  /** The list that it names, where that is needed by nothing else: it can go with the rule. */
  list: Directive[]
  why?: string
}

/** In their order, which counts. */
export function rulesOf(frontend: Section): Rule[] {
  return frontend.directives.filter(({ words }) => words[0] === 'use_backend').map((line) => readRule(frontend, line))
}

function readRule(frontend: Section, line: Directive): Rule {
  const [, backend = '', when, ...condition] = line.words
  const no = (why: string): Rule => ({ line, backend, list: [], why })
  if (!line.isPlain || backend.includes('%[')) return no('it has quotes, escapes, or a backend that is worked out')
  if (when !== 'if') return no(when === undefined ? 'it is for every host' : `its condition begins with ${when}`)
  if (condition[0] === '{' && condition.at(-1) === '}' && condition.filter((word) => word === '{').length === 1) {
    const hosts = hostsOf(condition.slice(1, -1))
    return typeof hosts === 'string' ? no(hosts) : { line, backend, hosts, list: [] }
  }
  const [name = '', ...others] = condition
  if (others.some((word) => word === 'or' || word === '||')) return no('its condition has an "or"')
  if (name.startsWith('!')) return no('its condition has a "not"')
  if (others.length > 0 || name === '{') return no('it asks for more than one thing')
  const list = frontend.directives.filter(({ words }) => words[0] === 'acl' && words[1] === name)
  if (list.length === 0) return no(`${name} is no list of this frontend`)
  const hosts: string[] = []
  for (const one of list) {
    const found = one.isPlain ? hostsOf(one.words.slice(2)) : 'it has quotes or escapes'
    if (typeof found === 'string') return no(`line ${one.number}: ${found}`)
    hosts.push(...found)
  }
  const isUsedElsewhere = frontend.directives.some((one) => one !== line && asksFor(one, name))
  return { line, backend, hosts, list: isUsedElsewhere ? [] : list }
}

/** A list may have the name of a backend, so only what stands in a condition counts. */
function asksFor({ words }: Directive, name: string): boolean {
  const begin = words.findIndex((word) => word === 'if' || word === 'unless')
  return begin >= 0 && words.slice(begin).some((word) => word === name || word === `!${name}`)
}

/** What `hdr(host) -i a.example.com b.example.com` asks for; a text says why it is no such thing. */
function hostsOf([criterion = '', ...rest]: readonly string[]): string[] | string {
  if (!/^(req\.f?)?hdr\(host\)(,lower)?$/i.test(criterion)) return `${criterion} is more, or something else, than the whole host name`
  const values: string[] = []
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    if (values.length === 0 && (word === '-i' || word === '--')) continue
    if (values.length === 0 && word === '-m' && rest[at + 1] === 'str') at += 1
    else if (values.length === 0 && word.startsWith('-')) return `${word} means more than the whole host name`
    else values.push(word)
  }
  const hosts = values.map((value) => siteName.safeParse(value))
  const bad = values.find((value, at) => hosts[at]?.success !== true || value.startsWith('*'))
  if (bad !== undefined) return `${bad} is no host name`
  if (hosts.length === 0) return 'no host name stands there'
  return hosts.flatMap((one) => (one.success ? [one.data] : []))
}
