import { compareVersions, readMirror } from '../offers.ts'
import { refuse } from '../refuse.ts'
import { baseOwner, findBase } from './base-packages.ts'
import { catalogue, findPackage } from './catalogue.ts'
import { catalogueText } from './changing.ts'
import { parseWords, type PkgCall } from './command-line.ts'
import { loadDatabase, type Installed } from './database.ts'
import { newestVersion } from './plan.ts'

/** Everything that is installed, packages of the base among it. */
function allInstalled({ root }: PkgCall): Installed[] {
  const more = { repository: 'FreeBSD-base', automatic: false, locked: false, dependencies: [], files: {} }
  return [...(findBase(root) ?? []).map((each) => ({ ...each, ...more })), ...(loadDatabase(root) ?? [])]
}

function matches({ name, version, origin }: Installed, word: string): boolean {
  return [name, origin, `${name}-${version}`].includes(word)
}

export function info(at: PkgCall, args: string[]): number {
  const { flags, words } = parseWords('info', args, 'aeqldof')
  const installed = allInstalled(at)
  if (flags.has('e')) return words.every((word) => installed.some((each) => matches(each, word))) ? 0 : 1
  const missing = words.find((word) => !installed.some((each) => matches(each, word)))
  const chosen = words.length === 0 ? installed : installed.filter((each) => words.some((word) => matches(each, word)))
  for (const each of chosen) at.call.out(describe(each, flags, words.length === 0))
  if (missing === undefined) return 0
  at.call.err(`pkg: No package(s) matching ${missing}\n`)
  return 1
}

function listed(lines: string[]): string {
  return lines.map((line) => `\t${line}\n`).join('')
}

function describe(each: Installed, flags: Set<string>, isList: boolean): string {
  const { name, version, origin, comment, dependencies, files } = each
  const full = `${name}-${version}`
  if (flags.has('l')) return flags.has('q') ? `${Object.keys(files).join('\n')}\n` : `${full}:\n${listed(Object.keys(files))}`
  if (flags.has('d')) return flags.has('q') ? dependencies.map((one) => `${one}\n`).join('') : `${full}:\n${listed(dependencies)}`
  if (flags.has('o')) return flags.has('q') ? `${origin}\n` : `${full.padEnd(30)} ${origin}\n`
  if (flags.has('q')) return `${full}\n`
  if (isList) return `${full.padEnd(30)} ${comment}\n`
  const rows = [
    ['Name', name],
    ['Version', version],
    ['Origin', origin],
    ['Architecture', 'FreeBSD:15:amd64'],
    ['Prefix', '/usr/local'],
    ['Comment', comment],
  ]
  const annotations = `Annotations    :\n\trepo_type      : binary\n\trepository     : ${each.repository}\n`
  return `${full}\n${rows.map(([key = '', value = '']) => `${key.padEnd(15)}: ${value}\n`).join('')}${annotations}`
}

/** `query FORMAT [NAME…]`, `query -e '%a = 0' FORMAT`. */
export function query(at: PkgCall, args: string[]): number {
  const { flags, values, words } = parseWords('query', args, 'a', 'e')
  const [format, ...names] = words
  if (format === undefined) return refuse('pkg', 'query without a format')
  const condition = values.get('e')
  const asked = condition === undefined ? undefined : /^\s*%([ak])\s*==?\s*([01])\s*$/.exec(condition)
  if (asked === null) return refuse('pkg', `the condition ${condition} is not imitated here`)
  const installed = allInstalled(at).filter((each) => asked === undefined || fieldsOf(each)[asked[1] ?? ''] === asked[2])
  const chosen = names.length === 0 || flags.has('a') ? installed : installed.filter((each) => names.some((name) => matches(each, name)))
  for (const each of chosen) at.call.out(fill(format, each))
  return chosen.length === 0 && names.length > 0 ? 1 : 0
}

function fieldsOf(each: Installed): Record<string, string> {
  const { name, version, origin, comment, automatic, locked, repository } = each
  return { n: name, v: version, o: origin, c: comment, a: flag(automatic), k: flag(locked), R: repository, p: '/usr/local' }
}

function flag(value: boolean): string {
  return value ? '1' : '0'
}

/** %d… and %F… give a line for each dependency or file. */
function fill(format: string, each: Installed): string {
  const lists = { d: each.dependencies, F: Object.keys(each.files) }
  const many = /%(d|F)/.exec(format)?.[1]
  const items = many === undefined ? [''] : many === 'd' ? lists.d : lists.F
  const fields = fieldsOf(each)
  return items
    .map(
      (item) =>
        `${format.replaceAll(/%(dn|Fp|.)|\\([nt])/g, (code: string, field: string | undefined, escaped: string | undefined) => {
          if (field === undefined) return escaped === 'n' ? '\n' : '\t'
          if (field === 'dn' || field === 'Fp') return item
          return field === '%' ? '%' : (fields[field] ?? refuse('pkg', `${code} in a format is not imitated here`))
        })}\n`,
    )
    .join('')
}

export function which(at: PkgCall, args: string[]): number {
  const { flags, words } = parseWords('which', args, 'qo')
  const [path = ''] = words
  const owner = baseOwner(at.root, path) ?? (loadDatabase(at.root) ?? []).find(({ files }) => Object.hasOwn(files, path))
  if (owner === undefined) {
    if (!flags.has('q')) at.call.out(`${path} was not found in the database\n`)
    return 1
  }
  const name = flags.has('o') ? owner.origin : `${owner.name}-${owner.version}`
  at.call.out(flags.has('q') ? `${name}\n` : `${path} was installed by package ${name}\n`)
  return 0
}

/** `version -vL=`: what is not the newest. */
export function versions(at: PkgCall, args: string[]): number {
  const { flags, values } = parseWords('version', args, 'vRUq', 'lL')
  if (!flags.has('U')) at.call.out(catalogueText)
  const mirror = readMirror(at.host)
  for (const each of loadDatabase(at.root) ?? []) {
    const found = findPackage(each.name)
    const newest = found === undefined ? each.version : newestVersion(mirror, found)
    const order = compareVersions(each.version, newest)
    const sign = order < 0 ? '<' : order > 0 ? '>' : '='
    if (values.get('L')?.includes(sign) || (values.has('l') && !values.get('l')?.includes(sign))) continue
    const name = `${each.name}-${each.version}`
    const says = {
      '<': `needs updating (remote has ${newest})`,
      '=': 'up-to-date with remote',
      '>': `succeeds remote (remote has ${newest})`,
    }
    at.call.out(flags.has('q') ? `${name}\n` : `${name.padEnd(34)} ${sign}${flags.has('v') ? `   ${says[sign]}` : ''}\n`)
  }
  return 0
}

export function search(at: PkgCall, args: string[]): number {
  const { words } = parseWords('search', args, 'qU')
  const found = catalogue.filter(({ name }) => name.includes(words[0] ?? ''))
  const mirror = readMirror(at.host)
  for (const each of found) at.call.out(`${`${each.name}-${newestVersion(mirror, each)}`.padEnd(30)} ${each.comment}\n`)
  return found.length > 0 ? 0 : 1
}
