import { JailopsError } from './errors.ts'
import type { Facts, Look, LookAnswer } from './host.ts'
import type { Jail } from './jail.ts'
import { redact } from './redact.ts'

/*
 * What a jail is like inside, before something in it is changed: the looks that a command asks for, and what they said. By that a plan
 * knows what is to do, and what an undo has to bring back.
 */

type Named = Pick<Jail, 'kernelName'>
type Looks = Record<string, Look>

export interface InstalledPackage {
  name: string
  version: string
  origin: string
  /** It came because another needed it. */
  automatic: boolean
  locked: boolean
}

export interface SeenFile {
  /** undefined: it cannot be kept. It is too long, no text, not to be read, or seems to hold a secret. */
  text: string | undefined
  /** Such as 644. */
  mode: string
}

/** As far as it was looked at. */
export interface SeenInside {
  packages: readonly InstalledPackage[]
  /** What would come by the installation that was looked at, and what would go from one version to another. */
  coming: { names: readonly string[]; changes: readonly string[] }
  /** What a package needs, by its name. */
  needs: ReadonlyMap<string, readonly string[]>
  /** What rc.conf sets; not what it has by default. */
  variables: ReadonlyMap<string, string>
  files: ReadonlyMap<string, SeenFile>
  folders: ReadonlySet<string>
  running: ReadonlySet<string>
}

export function lookAtPackages({ kernelName }: Named): Looks {
  return {
    packages: { argv: ['pkg', '-j', kernelName, 'query', '%n %v %o %a %k'] },
    needs: { argv: ['pkg', '-j', kernelName, 'query', '%n %dn'] },
  }
}

/** What an installation would bring, what it needs included; it says 1 in most cases. */
export function lookAtInstallation({ kernelName }: Named, names: readonly string[]): Looks {
  if (names.length === 0) return {}
  return { installation: { argv: ['pkg', '-j', kernelName, 'install', '-n', ...names], timeoutSeconds: 120 } }
}

/** Every variable that is set, so that one look serves them all. */
export function lookAtVariables({ kernelName }: Named): Looks {
  return { variables: { argv: ['sysrc', '-j', kernelName, '-a'] } }
}

export function lookAtFiles({ kernelName }: Named, paths: readonly string[]): Looks {
  const folders = [...new Set(paths.flatMap(foldersAbove))]
  return Object.fromEntries([
    ...paths.map((path): [string, Look] => [`text ${path}`, { argv: ['jexec', kernelName, 'cat', path] }]),
    ...paths.map((path): [string, Look] => [`mode ${path}`, { argv: ['jexec', kernelName, 'stat', '-L', '-f', '%Lp', path] }]),
    ...folders.map((path): [string, Look] => [`folder ${path}`, { argv: ['jexec', kernelName, 'test', '-d', path] }]),
  ])
}

/** `one…`: it answers whether it runs also where rc.conf does not enable it. */
export function lookAtServices({ kernelName }: Named, names: readonly string[]): Looks {
  return Object.fromEntries(names.map((name) => [`service ${name}`, { argv: ['service', '-j', kernelName, name, 'onestatus'] }]))
}

/** `/a/b/c` → `/a`, `/a/b`. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

/** @throws host_not_ready where pkg or sysrc gives no answer */
export function seenInside({ looked }: Pick<Facts, 'looked'>): SeenInside {
  const about = (kind: string) =>
    Object.entries(looked).flatMap(([name, answer]) =>
      name.startsWith(`${kind} `) ? [[name.slice(kind.length + 1), answer] as const] : [],
    )
  const texts = about('text').filter(([path, answer]) => isThere(path, answer, looked[`mode ${path}`]))
  return {
    packages: rowsOf('pkg', looked['packages']).map(([name = '', version = '', origin = '', automatic, locked]) => ({
      name,
      version,
      origin,
      automatic: automatic === '1',
      locked: locked === '1',
    })),
    coming: comingBy(looked['installation']),
    needs: needsOf(rowsOf('pkg', looked['needs'])),
    variables: variablesOf(looked['variables']),
    files: new Map(texts.map(([path, answer]) => [path, fileOf(answer, looked[`mode ${path}`])])),
    folders: new Set(about('folder').flatMap(([path, answer]) => (saysYes(path, answer) ? [path] : []))),
    running: new Set(about('service').flatMap(([name, answer]) => (saysYes(`the service ${name}`, answer) ? [name] : []))),
  }
}

/** What cannot be read is there all the same: taken for missing, it would be removed when the change is taken back. */
function isThere(path: string, text: LookAnswer, mode: LookAnswer | undefined): boolean {
  return text.exitCode === 0 || mode?.exitCode === 0 || saysYes(path, text)
}

/** @throws host_not_ready where nobody can say */
function saysYes(what: string, { exitCode }: LookAnswer): boolean {
  if (exitCode !== undefined) return exitCode === 0
  throw new JailopsError('host_not_ready', `The jail did not say in time how it is with ${what}. Try again, or look at what keeps it busy.`)
}

function rowsOf(tool: string, answer: LookAnswer | undefined): string[][] {
  return linesOf(tool, answer).map((line) => line.split(' '))
}

function linesOf(tool: string, answer: LookAnswer | undefined): string[] {
  if (answer === undefined) return []
  if (answer.exitCode !== 0) {
    const words = (answer.stderr || answer.stdout).trim().slice(0, 300)
    throw new JailopsError('host_not_ready', `${tool} does not say what is in the jail: ${words || 'it gave no answer'}. Mend that first.`)
  }
  const lines = answer.stdout.split('\n').filter((line) => line !== '')
  if (!lines.some((line) => /^\[\d+ bytes are not kept\]$/.test(line))) return lines
  throw new JailopsError('host_not_ready', `${tool} says more of the jail than jailops can keep, so a plan would not be true.`)
}

/** Of `New packages to be INSTALLED:` and the lines below it, `NAME: VERSION` each. @throws unknown_package */
function comingBy(answer: LookAnswer | undefined): SeenInside['coming'] {
  if (answer !== undefined && answer.exitCode === undefined)
    throw new JailopsError('host_not_ready', 'pkg did not say in time what would come with that. Try again, or look at its repositories.')
  const { stdout = '', stderr = '' } = answer ?? {}
  const [, unknown] = /No packages available to install matching '([^']*)'/.exec(`${stdout}\n${stderr}`) ?? []
  if (unknown !== undefined) throw new JailopsError('unknown_package', `No repository of the jail has a package ${unknown}.`)
  const sections = stdout.split(/\n\s*\n/).map((part) =>
    part
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  )
  const below = (word: string) => sections.flatMap(([head = '', ...lines]) => (head.endsWith(` to be ${word}:`) ? lines : []))
  return {
    names: below('INSTALLED').map((line) => line.split(':')[0] ?? ''),
    changes: [
      ...below('UPGRADED'),
      ...below('DOWNGRADED'),
      ...below('REINSTALLED'),
      ...below('REMOVED').map((line) => `${line} (removed)`),
    ],
  }
}

function needsOf(rows: readonly string[][]): Map<string, string[]> {
  return new Map([...Map.groupBy(rows, ([name = '']) => name)].map(([name, some]) => [name, some.map(([, needed = '']) => needed)]))
}

function variablesOf(answer: LookAnswer | undefined): Map<string, string> {
  const pairs = linesOf('sysrc', answer).flatMap((line): [string, string][] => {
    const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*): ?(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name, value]]
  })
  return new Map(pairs)
}

/** An answer is kept whole up to 64 KiB; of a longer one the middle is missing. */
const mostBytes = 60_000

function fileOf({ exitCode, stdout }: LookAnswer, mode: LookAnswer | undefined): SeenFile {
  // a character that was none comes as U+FFFD, and would be written back as that
  const canBeKept = exitCode === 0 && Buffer.byteLength(stdout) <= mostBytes && !stdout.includes('\uFFFD') && redact(stdout) === stdout
  return { text: canBeKept ? stdout : undefined, mode: mode?.stdout.trim() || '644' }
}
