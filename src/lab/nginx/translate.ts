import { isIPv4 } from 'node:net'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { globToPattern, resolveInside } from '../paths.ts'
import { wordsOf } from '../words.ts'

/** Directives whose argument names a file or a folder. */
const pathDirectives = new Set(
  wordsOf(`
  root alias error_log access_log pid lock_file auth_basic_user_file working_directory load_module
  ssl_certificate ssl_certificate_key ssl_dhparam ssl_trusted_certificate ssl_client_certificate ssl_crl ssl_password_file
  client_body_temp_path proxy_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path proxy_cache_path
`),
)

const folderOfConf = '/usr/local/etc/nginx'
const prefix = '/usr/local'

export interface Translation {
  root: string
  /** Addresses that the jail may listen on; the first stands for "any". */
  addresses: string[]
  /** Where translated files go: CONF + the path in the jail. */
  conf: string
}

export interface Translated {
  files: Map<string, string>
  /** What the lab must refuse, in words. */
  problems: string[]
  /** `ADDRESS:PORT` of listens on an IPv4 address that the jail does not have. */
  unavailable: string[]
}

interface Word {
  text: string
  start: number
  end: number
}

/**
 * A jail's nginx configuration for a real nginx outside: every path lies below the jail's root, every listen is on the jail's address.
 * Lines stay lines, so that nginx's messages can be read back.
 */
export function translateConf(
  path: string,
  to: Translation,
  into: Translated = { files: new Map(), problems: [], unavailable: [] },
): Translated {
  if (into.files.has(path)) return into
  const found = resolveInside(to.root, path)
  if (found.kind !== 'found') return into
  into.files.set(path, '')
  const text = readFileSync(found.path, 'utf8')
  let result = ''
  let last = 0
  for (const statement of statements(text)) {
    for (const { word, by } of changes(statement, to, into)) {
      result += text.slice(last, word.start) + by
      last = word.end
    }
  }
  into.files.set(path, result + text.slice(last))
  return into
}

function changes(statement: Word[], to: Translation, into: Translated): { word: Word; by: string }[] {
  const [name, first, ...rest] = statement
  if (name === undefined || first === undefined) return []
  if (name.text === 'user') return statement.map((word, index) => ({ word, by: index === 0 ? 'env' : index === 1 ? 'LAB_NO_USER' : '' }))
  if (name.text === 'listen') return [{ word: first, by: listen(first.text, to, into) }]
  if (name.text === 'include') return [{ word: first, by: include(first.text, to, into) }]
  if (!pathDirectives.has(name.text)) return []
  const shown = ['ssl_certificate', 'ssl_certificate_key'].includes(name.text) || name.text.startsWith('auth_') ? folderOfConf : prefix
  const real = realPath(first.text, shown, to)
  const changed = real === undefined ? [] : [{ word: first, by: real }]
  const second = rest[0]
  if (name.text === 'proxy_cache_path' || second === undefined || !second.text.startsWith('/')) return changed
  return changed
}

function realPath(text: string, relativeTo: string, to: Translation): string | undefined {
  const bare = unquote(text)
  if (/^(off|stderr|syslog:|memory:|\$|data:)/.test(bare)) return undefined
  const path = bare.startsWith('/') ? bare : join(relativeTo, bare)
  // With a variable in it only the fixed part before can be resolved.
  if (path.includes('$')) return `${to.root}${path}`
  const found = resolveInside(to.root, path)
  const real = found.kind === 'error' ? join(to.root, path) : found.path
  return bare.endsWith('/') && !real.endsWith('/') ? `${real}/` : real
}

function listen(text: string, to: Translation, into: Translated): string {
  const bare = unquote(text)
  if (bare.startsWith('unix:')) return `unix:${realPath(bare.slice(5), prefix, to) ?? ''}`
  if (bare.startsWith('[')) {
    into.problems.push(`listen ${bare}: a jail of the lab has no IPv6 address`)
    return text
  }
  const [own] = to.addresses
  if (own === undefined) {
    into.problems.push(`listen ${bare}: the jail has no address`)
    return text
  }
  if (/^[0-9]+$/.test(bare)) return `${own}:${bare}`
  const [address = '', port = '80'] = bare.split(':')
  if (address === '*' || address === '0.0.0.0') return `${own}:${port}`
  if (to.addresses.includes(address)) return bare
  // The kernel takes a jail's loopback for the jail's first address.
  if (address === '127.0.0.1') return `${own}:${port}`
  if (!isIPv4(address)) {
    into.problems.push(`listen ${bare}: only IPv4 addresses are imitated here`)
    return text
  }
  into.unavailable.push(`${address}:${port}`)
  // Nobody may bind somebody else's address: the check, all that follows now, looks at the rest of the file with a port that nobody uses.
  return `${own}:${65536 - into.unavailable.length}`
}

function include(text: string, to: Translation, into: Translated): string {
  const bare = unquote(text)
  const path = bare.startsWith('/') ? bare : join(folderOfConf, bare)
  if (/[*?]/.test(path)) {
    const folder = resolveInside(to.root, dirname(path))
    const names = folder.kind === 'found' ? listFolder(folder.path).filter((name) => globToPattern(path).test(name)) : []
    for (const name of names) translateConf(join(dirname(path), name), to, into)
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

function unquote(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, '$2')
}

/** Simple statements and the heads of blocks, as words with their places. */
function statements(text: string): Word[][] {
  const all: Word[][] = []
  let words: Word[] = []
  const pattern = /#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|(?:\$\{|\\.|[^\s{};"'#])(?:\$\{[^}]*\}|\\.|[^\s{};])*/gs
  for (const found of text.matchAll(pattern)) {
    const [word] = found
    if (word.startsWith('#')) continue
    if (word === ';' || word === '{' || word === '}') {
      if (words.length > 0) all.push(words)
      words = []
    } else words.push({ text: word, start: found.index, end: found.index + word.length })
  }
  return all
}
