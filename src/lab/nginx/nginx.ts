import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Service } from '../host.ts'
import { errorText, place, type InJail } from '../inside/inside.ts'
import { isAlive, runReal, signal, waitForEnd } from '../real.ts'
import { isInside } from '../paths.ts'
import { refuse, refuseOption } from '../refuse.ts'
import type { NginxHands } from '../service/nginx.ts'
import { translateConf, type Translated } from './translate.ts'

export const nginxConf = '/usr/local/etc/nginx/nginx.conf'

/** nginx(8) in a jail: only the check. Running is the rc script's work. */
export async function nginxInJail(at: InJail, call: Call): Promise<number> {
  const { args } = call
  const conf = args.indexOf('-c')
  const rest = args.filter((_, index) => conf < 0 || (index !== conf && index !== conf + 1))
  if (rest.includes('-v') && rest.length === 1) {
    call.err((await runReal('nginx', ['-v'], { cwd: at.root })).text)
    return 0
  }
  if (!rest.includes('-t') || rest.some((arg) => arg !== '-t' && arg !== '-q')) return refuseOption('nginx', rest.join(' '))
  return testNginx(at, call, { conf: conf < 0 ? nginxConf : (args[conf + 1] ?? ''), quiet: rest.includes('-q') })
}

let tests = 0

/** The real nginx -t; its messages name the jail's own files. */
export async function testNginx(at: InJail, call: Call, options: { conf?: string; quiet?: boolean } = {}): Promise<number> {
  const { conf = nginxConf, quiet = false } = options
  // In a folder of its own: the running nginx's files are not to be touched by a check.
  const prepared = prepare(at, conf, `test${++tests}`)
  const ended = await runReal('nginx', [...prepared.args, '-t', ...(quiet ? ['-q'] : [])], { cwd: at.root })
  rmSync(prepared.conf, { recursive: true, force: true })
  const text = prepared.back(ended.text)
  if (prepared.cannotBind === undefined || ended.code !== 0) {
    call.err(text)
    return ended.code
  }
  const said = text.replace(/^nginx: configuration file .* test is successful\n/m, '')
  call.err(`${said}${prepared.cannotBind}nginx: configuration file ${conf} test failed\n`)
  return 1
}

/** For a jail's rc script. */
export function nginxHandsIn(at: InJail): NginxHands {
  return {
    running: () => runningNginx(at.jail),
    test: (call) => testNginx(at, call),
    start: (call) => startNginx(at, call),
    stop: (running) => stopNginx(at, running, 'SIGTERM'),
    reload: (running) => reloadNginx(at, running),
  }
}

export async function startNginx(at: InJail, call: Call): Promise<number> {
  const prepared = prepare(at, nginxConf)
  if (prepared.cannotBind !== undefined) {
    call.err(prepared.cannotBind)
    return 1
  }
  const ended = await runReal('nginx', prepared.args, { cwd: at.root })
  call.err(prepared.back(ended.text))
  if (ended.code !== 0) return ended.code
  const pid = Number(readFileSync(prepared.pidFile, 'utf8').trim())
  at.jail.services.set('nginx', { pid, command: 'nginx: master process /usr/local/sbin/nginx' })
  at.host.guard.add(guardName(at), pid)
  return 0
}

/** Translates anew, then HUP: nginx reads the same file name again. */
function reloadNginx(at: InJail, service: Pick<Service, 'pid'>): void {
  if (prepare(at, nginxConf).cannotBind === undefined) signal(service.pid, 'SIGHUP')
}

export async function stopNginx(
  at: Pick<InJail, 'host' | 'jail'>,
  service: Pick<Service, 'pid'>,
  name: 'SIGQUIT' | 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  signal(service.pid, name)
  await waitForEnd(service.pid, 3000)
  at.jail.services.delete('nginx')
  at.host.guard.remove(guardName(at))
}

export function runningNginx(jail: InJail['jail']): Service | undefined {
  const service = jail.services.get('nginx')
  if (service === undefined || isAlive(service.pid)) return service
  jail.services.delete('nginx')
  return undefined
}

function guardName(at: Pick<InJail, 'jail'>): string {
  return `nginx-${at.jail.name}-${at.jail.jid}`
}

interface Prepared {
  conf: string
  args: string[]
  pidFile: string
  /** nginx's message for the first listen on an address that is not the jail's. */
  cannotBind: string | undefined
  back(text: string): string
}

function prepare(at: InJail, path: string, use = 'conf'): Prepared {
  const folder = join(at.host.paths.folder, 'run', 'nginx', `${encodeURIComponent(at.jail.name)}-${at.jail.jid}`)
  const conf = join(folder, use)
  const { mounts } = at.host
  const own = at.jail.interfaces.filter(({ kind }) => kind !== undefined).flatMap(({ aliases }) => aliases.map(({ address }) => address))
  const { sharedAddress } = at.host
  const addresses = [...(sharedAddress === undefined ? [] : [sharedAddress]), ...at.jail.addresses, ...own]
  const inHttp = { always: temporaryFolders(at), withoutAccessLog: `access_log ${folderFor(at, '/var/log/nginx/access.log')};` }
  const translated = translateConf(path, { root: at.root, mounts, addresses, conf, inHttp })
  const { files, problems, unavailable } = translated
  if (problems.length > 0) refuse('nginx', problems.join('; '))
  rmSync(conf, { recursive: true, force: true })
  for (const [file, text] of files) write(`${conf}${file}`, text)
  const pid = translated.pid ?? folderFor(at, '/var/run/nginx.pid')
  const errorLog = folderFor(at, '/var/log/nginx/error.log')
  const top = compiledIn(translated, pid, errorLog)
  if (files.has(path)) write(`${conf}${path}`, `${top}${files.get(path) ?? ''}`)
  // What nginx would write below its prefix before it has read anything stays in the jail too.
  const args = ['-c', `${conf}${path}`, '-p', `${at.root}/usr/local/`, '-e', errorLog]
  const cannotBind = unavailable[0] === undefined ? undefined : `nginx: [emerg] bind() to ${unavailable[0]} failed (${noAddress})\n`
  return { conf, args, pidFile: pid, cannotBind, back: (text) => onFreeBSD(asInJail(at, text.replaceAll(conf, ''))) }
}

/** nginx speaks of real places: of those behind a nullfs too. */
function asInJail(at: InJail, text: string): string {
  const own = at.host.mounts.filter((mount) => isInside(at.root, mount.place))
  const shown = own.reduce((said, { source, place: on }) => (source === undefined ? said : said.replaceAll(`${source}/`, `${on}/`)), text)
  return shown.replaceAll(at.root, '')
}

const noAddress = "49: Can't assign requested address"

/** Two errors that the machine numbers and words in its own way. */
function onFreeBSD(text: string): string {
  return text
    .replaceAll(/\(\d+: (Cannot|Can't) assign requested address\)/g, `(${noAddress})`)
    .replaceAll(/\(\d+: Address already in use\)/g, '(48: Address already in use)')
}

/** What FreeBSD's nginx has compiled in, to stand on the first line: pid and log files. */
function compiledIn(translated: Translated, pid: string, errorLog: string): string {
  const isRoot = process.getuid?.() === 0
  const group = process.platform === 'linux' ? 'root' : 'wheel'
  return [
    ...(translated.pid === undefined ? [`pid ${pid};`] : []),
    ...(translated.hasErrorLog ? [] : [`error_log ${errorLog};`]),
    // Worker processes of a root-started nginx become `nobody`, who may not enter the lab's folder.
    ...(isRoot ? [`user root ${group};`] : []),
  ].join(' ')
}

function temporaryFolders(at: InJail): string {
  const names = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const folders = names.map((name) => `${name}_temp_path ${folderFor(at, `/var/tmp/nginx/${name}_temp`)};`)
  // a link below the document root would be followed on this machine, not in the jail
  const noLinks = process.platform === 'linux' ? ['disable_symlinks on from=$document_root;'] : []
  return [...folders, ...noLinks].join(' ')
}

/** The real place of a file that nginx will write, with its folder made. */
function folderFor(at: InJail, path: string): string {
  const parts = dirname(path).split('/')
  for (let count = 2; count <= parts.length; count++) {
    const folder = parts.slice(0, count).join('/')
    if (!existsSync(place(at, folder))) mkdirSync(writable(at, folder))
  }
  return writable(at, path)
}

function writable(at: InJail, path: string): string {
  try {
    return place(at, path, { write: true })
  } catch (error) {
    return refuse('nginx', `${path}: ${errorText(error)}: not imitated here`)
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
