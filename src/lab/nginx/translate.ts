import { isIPv4 } from 'node:net'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Mount } from '../host.ts'
import { globToPattern, isInside, resolveInside, type Spot } from '../paths.ts'
import { argumentProblem, isImitated, isMediaType, pathDirectives } from './directives.ts'
import { statementsOf, type Statement, type Word } from './tokens.ts'

const folderOfConf = '/usr/local/etc/nginx'
const prefix = '/usr/local'

export interface Translation {
  root: string
  /** What is mounted in the jail: nginx is given the real places behind it. */
  mounts?: Mount[]
  /** Addresses that the jail may listen on; the first stands for "any". */
  addresses: string[]
  /** Where translated files go: CONF + the path in the jail. */
  conf: string
  /** What FreeBSD's nginx has compiled in, to be said at the beginning of http. */
  inHttp: { always: string; withoutAccessLog: string }
}

export interface Translated {
  files: Map<string, string>
  /** What the lab must refuse, in words. */
  problems: string[]
  /** `ADDRESS:PORT` of listens on an IPv4 address that the jail does not have. */
  unavailable: string[]
  /** Real place of the pid file that the configuration names. */
  pid: string | undefined
  /** Whether an error_log stands outside of every block. */
  hasErrorLog: boolean
}

/** A piece of the text and what stands there instead. */
interface Change {
  start: number
  end: number
  by: string
}

interface Context {
  to: Translation
  into: Translated
  complain(what: string): void
}

/**
 * A jail's nginx configuration for a real nginx outside: every path lies below the jail's root, every listen is on the jail's address,
 * and a directive that is not known to be harmless is refused. Lines stay lines, so that nginx's messages can be read back.
 */
export function translateConf(
  path: string,
  to: Translation,
  into: Translated = { files: new Map(), problems: [], unavailable: [], pid: undefined, hasErrorLog: false },
): Translated {
  if (into.files.has(path)) return into
  const found = resolveInside(to.root, path, { mounts: to.mounts })
  if (found.kind !== 'found') return into
  into.files.set(path, '')
  const text = readFileSync(found.path, 'utf8')
  let result = ''
  let last = 0
  const statements = statementsOf(text)
  for (const statement of statements) {
    const line = text.slice(0, statement.words[0]?.start).split('\n').length
    const context: Context = { to, into, complain: (what) => void into.problems.push(`${path}:${line}: ${what}`) }
    for (const { start, end, by } of changes(statement, statements, context)) {
      result += text.slice(last, start) + by
      last = end
    }
  }
  into.files.set(path, result + text.slice(last))
  return into
}

function changes(statement: Statement, all: Statement[], context: Context): Change[] {
  const { into, to, complain } = context
  const [name, ...rest] = statement.words
  const [first] = rest
  if (name === undefined || isMediaType(name.raw)) return []
  if (statement.inside.at(-1) === 'map') {
    if (name.text === 'include') complain('include in a map is not imitated here')
    return []
  }
  if (!isImitated(name.raw)) {
    complain(`directive ${name.raw} is not imitated here`)
    return []
  }
  if (name.raw === 'http' && statement.opens !== undefined) {
    const hasLog = all.some(({ words, inside }) => inside.join(' ') === 'http' && words[0]?.raw === 'access_log')
    const by = ` ${to.inHttp.always}${hasLog ? '' : ` ${to.inHttp.withoutAccessLog}`}`
    return [{ start: statement.opens, end: statement.opens, by }]
  }
  const problem = argumentProblem(
    name.raw,
    rest.map((word) => word.text),
  )
  if (problem !== undefined) complain(`${name.raw} ${problem}`)
  if (first === undefined) return []
  if (name.raw === 'user') return statement.words.map((word, index) => instead(word, ['env', 'LAB_NO_USER'][index] ?? ''))
  if (name.raw === 'listen') return [instead(first, listen(first.text, context))]
  if (name.raw === 'include') return [instead(first, include(first.text, context))]
  if (!pathDirectives.has(name.raw)) return []
  if (name.raw === 'error_log' && statement.inside.length === 0) into.hasErrorLog = true
  if ((name.raw === 'access_log' && first.text === 'off') || (name.raw === 'error_log' && first.text === 'stderr')) return []
  const real = realPath(name.raw, first.text, context)
  if (name.raw === 'pid') into.pid = real
  return [instead(first, real)]
}

function instead({ start, end }: Word, by: string): Change {
  return { start, end, by }
}

function realPath(name: string, text: string, { to, complain }: Context): string {
  const refused = (what: string) => {
    complain(`${name} ${text}: ${what}`)
    return '/nonexistent'
  }
  if (text.includes('$')) return refused('a variable in a path is not imitated here')
  if (/^[a-z]+:/.test(text)) return refused('only a file is imitated here')
  const path = text.startsWith('/') ? text : join(name.startsWith('ssl_') || name.startsWith('auth_') ? folderOfConf : prefix, text)
  const spot = realPlace(to, path)
  if (spot === undefined) return refused('a symlink that leads nowhere in the jail is not imitated here')
  const place = spot.place ?? spot.path
  const below = to.mounts?.find((mount) => mount.source !== undefined && mount.place !== place && isInside(place, mount.place))
  if (below !== undefined) return refused(`the ${below.type} below it, on ${below.on}, is not imitated here`)
  if (spot.readOnly && ['access_log', 'error_log', 'pid'].includes(name))
    return refused('writing to a read-only mount is not imitated here')
  const real = spot.path
  // A name from a symlink as well as from the file: it is written out bare, and a `$` in it would be a variable.
  if (!/^[\p{L}\p{N}/._@%+:,=~-]+$/u.test(real)) return refused('such letters in a path are not imitated here')
  if (name === 'alias' && real === to.root) return refused('as an alias the root of the jail is not imitated here')
  return text.endsWith('/') && !real.endsWith('/') ? `${real}/` : real
}

/** Where a path of the jail lies, so that nothing is left in it that the machine's kernel would follow in another way. */
function realPlace({ root, mounts }: Translation, path: string): Spot | undefined {
  const found = resolveInside(root, path, { mounts })
  if (found.kind !== 'error') return found
  const parts = resolve('/', path).split('/').slice(1)
  let known: Spot = { path: root }
  for (const [index, part] of parts.entries()) {
    const step = resolveInside(root, `/${parts.slice(0, index + 1).join('/')}`, { mounts })
    const real = join(known.path, part)
    if (step.kind === 'found') known = step
    else if (lstatSync(real, { throwIfNoEntry: false })?.isSymbolicLink() === true) return undefined
    else known = { path: real, readOnly: known.readOnly === true }
  }
  return known
}

function listen(text: string, { to, into, complain }: Context): string {
  const refused = (what: string) => {
    complain(`listen ${text}: ${what}`)
    return '127.0.0.1:1'
  }
  if (text.startsWith('[')) return refused('a jail of the lab has no IPv6 address')
  const [own] = to.addresses
  if (own === undefined) return refused('the jail has no address')
  if (/^[0-9]+$/.test(text)) return `${own}:${text}`
  const [address = '', port = '80', ...more] = text.split(':')
  if (address === 'unix' || more.length > 0 || !/^[0-9]+$/.test(port)) return refused('only an IPv4 address and a port are imitated here')
  if (address === '*' || address === '0.0.0.0') return `${own}:${port}`
  if (to.addresses.includes(address)) return text
  // The kernel takes a jail's loopback for the jail's first address.
  if (address === '127.0.0.1') return `${own}:${port}`
  if (!isIPv4(address)) return refused('only IPv4 addresses are imitated here')
  into.unavailable.push(`${address}:${port}`)
  // Nobody may bind somebody else's address: the check, all that follows now, looks at the rest of the file with a port that nobody uses.
  return `${own}:${65536 - into.unavailable.length}`
}

/** Only names below CONF, where nothing but translated files lies. */
function include(text: string, { to, into, complain }: Context): string {
  const path = resolve(folderOfConf, text)
  const folder = dirname(path)
  if (!/^[\p{L}\p{N}/._@%+:,=~-]+$/u.test(path.replaceAll(/[*?]/g, '-')) || /[*?]/.test(folder)) {
    complain(`include ${text} is not imitated here`)
    return '/nonexistent'
  }
  if (/[*?]/.test(path)) {
    const found = resolveInside(to.root, folder, { mounts: to.mounts })
    const names = found.kind === 'found' ? listFolder(found.path).filter((name) => globToPattern(path).test(name)) : []
    for (const name of names) translateConf(join(folder, name), to, into)
  } else translateConf(path, to, into)
  return `${to.conf}${path}`
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
