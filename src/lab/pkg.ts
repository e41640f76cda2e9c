import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from './call.ts'
import { findJail, type Host } from './host.ts'
import { resolveInside, toReal } from './paths.ts'
import { nginxFiles } from './nginx/package.ts'
import { refuse } from './refuse.ts'

/** The one package that the lab carries; its program is the machine's own nginx. */
const version = '1.28.0'

/** pkg(8): install, info -e, info, delete of nginx, on the host or with -j in a running jail. */
export function pkg(host: Host, call: Call): number {
  const isInJail = call.args[0] === '-j'
  const jail = isInJail ? findJail(host, call.args[1] ?? '') : undefined
  if (isInJail && jail === undefined) {
    call.err(`pkg: jail ${call.args[1] ?? ''} not found\n`)
    return 1
  }
  const root = jail === undefined ? host.paths.host : toReal(host.paths, jail.path)
  const [command = '', ...args] = isInJail ? call.args.slice(2) : call.args
  const flags = args.filter((arg) => arg.startsWith('-'))
  const names = args.filter((arg) => !arg.startsWith('-'))
  const odd = flags.find((flag) => !['-y', '-e', '-q', '-yq', '-qy', '-f', '-U'].includes(flag))
  if (odd !== undefined) return refuse('pkg', `option ${odd} is not imitated here`)
  if (command === 'install') return install(root, names, flags.includes('-y') || flags.some((flag) => flag.includes('y')), call)
  if (command === 'info') return info(root, names, flags, call)
  if (command === 'delete' || command === 'remove') return remove(root, names, call)
  return refuse('pkg', `${call.args.join(' ')} is not imitated here`)
}

function isInstalled(root: string): boolean {
  return existsSync(join(root, 'usr/local/sbin/nginx'))
}

function install(root: string, names: string[], yes: boolean, call: Call): number {
  if (!yes) return refuse('pkg', 'install without -y would ask')
  call.out('Updating FreeBSD-ports repository catalogue...\nFreeBSD-ports repository is up to date.\nAll repositories are up to date.\n')
  const unknown = names.find((name) => name !== 'nginx' && name !== 'www/nginx')
  if (unknown !== undefined) {
    call.err(`pkg: No packages available to install matching '${unknown}' have been found in the repositories\n`)
    return 1
  }
  if (isInstalled(root)) {
    call.out('Checking integrity... done (0 conflicting)\nThe most recent versions of packages are already installed\n')
    return 0
  }
  for (const [path, { text, mode, keep }] of nginxFiles) write(root, path, text, mode, keep)
  for (const folder of ['/var/log/nginx', '/var/tmp/nginx']) makeFolder(root, folder)
  call.out(
    `The following 1 package(s) will be affected (of 0 checked):\n\nNew packages to be INSTALLED:\n\tnginx: ${version}\n\nNumber of packages to be installed: 1\n`,
  )
  call.out(`[1/1] Installing nginx-${version}...\n[1/1] Extracting nginx-${version}: 100%\n`)
  return 0
}

function write(root: string, path: string, text: string, mode: number, keep: boolean): void {
  makeFolder(root, path.slice(0, path.lastIndexOf('/')))
  const found = resolveInside(root, path)
  if (found.kind === 'error' || (keep && found.kind === 'found')) return
  writeFileSync(found.path, text, { mode })
}

function makeFolder(root: string, path: string): void {
  const parts = path.split('/').slice(1)
  for (const [index] of parts.entries()) {
    const found = resolveInside(root, `/${parts.slice(0, index + 1).join('/')}`)
    if (found.kind === 'missing') mkdirSync(found.path)
    if (found.kind === 'error') refuse('pkg', `${path}: a link in the jail leads nowhere`)
  }
}

function info(root: string, names: string[], flags: string[], call: Call): number {
  const isThere = isInstalled(root)
  if (names.length === 0) {
    if (isThere) call.out(`nginx-${version}                   Robust and small WWW server\n`)
    return 0
  }
  const missing = names.find((name) => name !== 'nginx' || !isThere)
  if (flags.includes('-e')) return missing === undefined ? 0 : 1
  if (missing !== undefined) {
    call.err(`pkg: No package(s) matching ${missing}\n`)
    return 1
  }
  call.out(`nginx-${version}\nName           : nginx\nVersion        : ${version}\nOrigin         : www/nginx\n`)
  return 0
}

function remove(root: string, names: string[], call: Call): number {
  const missing = names.find((name) => name !== 'nginx' || !isInstalled(root))
  if (missing !== undefined) {
    call.out(
      `No packages matched for pattern '${missing}'\n\nChecking integrity... done (0 conflicting)\n1 packages requested for removal: 0 locked, 1 missing\n`,
    )
    return 1
  }
  for (const [path, { text, keep }] of nginxFiles) {
    const found = resolveInside(root, path)
    // A configuration that somebody changed stays.
    if (found.kind === 'found' && (!keep || readFileSync(found.path, 'utf8') === text)) rmSync(found.path)
  }
  call.out(`[1/1] Deinstalling nginx-${version}...\n[1/1] Deleting files for nginx-${version}: 100%\n`)
  return 0
}
