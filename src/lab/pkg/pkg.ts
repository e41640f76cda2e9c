import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import type { InJail } from '../inside/inside.ts'
import { refuse } from '../refuse.ts'
import { findIn, type Root } from '../root-files.ts'
import { audit } from './audit.ts'
import { findBase } from './base-packages.ts'
import { catalogue, findPackage } from './catalogue.ts'
import { autoremove, catalogueText, install, remove, upgrade } from './changing.ts'
import { openRoot, parseGlobals, type PkgCall } from './command-line.ts'
import { layDown, loadDatabase, saveDatabase } from './database.ts'
import { lock } from './lock.ts'
import { info, query, search, versions, which } from './looking.ts'

const own = findPackage('pkg') ?? catalogue[0]

/** pkg(8) on the host, of a running jail (-j) or of any root (-r); -j uses the host's pkg, the jail needs none. */
export function pkg(host: Host, call: Call): number {
  const globals = parseGlobals(call.args)
  const at = openRoot(host, globals, call)
  return at === undefined ? 1 : run(at, globals)
}

/** A jail's own pkg: until it is fetched there is only the program that would fetch it. */
export function pkgInJail({ host, jail, root: folder }: InJail, call: Call): number {
  const root = { host, folder }
  const globals = parseGlobals(call.args)
  const at = openRoot(host, globals, call, { jail, root })
  if (at === undefined) return 1
  if (findIn(root, '/usr/local/sbin/pkg').kind === 'found') return run(at, globals)
  if (globals.activation) {
    call.err('pkg: pkg is not installed\n')
    return 1
  }
  if (globals.rest[0] === 'bootstrap' && (at.yes || globals.rest.some((word) => /^-f?yf?$/.test(word)))) return bootstrap(at)
  call.out('The package management tool is not yet installed on your system.\n')
  call.out('Please set ASSUME_ALWAYS_YES=yes environment variable to be able to bootstrap in non-interactive (stdin not being a tty)\n')
  return 1
}

function bootstrap({ root, prefix, call }: PkgCall): number {
  installOwn(root)
  const name = `pkg-${own?.version ?? ''}`
  call.out('Bootstrapping pkg from pkg+https://pkg.FreeBSD.org/FreeBSD:15:amd64/quarterly, please wait...\n')
  call.out('Verifying signature with trusted certificate pkg.freebsd.org.2013102301... done\n')
  call.out(`${prefix}Installing ${name}...\n${prefix}Extracting ${name}: 100%\n`)
  return 0
}

/** A host has pkg from the start. */
export function installOwn(root: Root): void {
  if (own !== undefined && loadDatabase(root) === undefined) saveDatabase(root, [layDown(root, own, own.version, false)])
}

function run(at: PkgCall, { rest, activation, showsVersion }: ReturnType<typeof parseGlobals>): number {
  const [command = '', ...args] = rest
  if (showsVersion) {
    at.call.out(`${own?.version ?? ''}\n`)
    return 0
  }
  if (activation) return activationTest(at)
  switch (command) {
    case 'bootstrap':
      if (args.some((word) => word.includes('f'))) return refuse('pkg', 'bootstrap -f is not imitated here')
      at.call.out('pkg(8) already installed, use -f to force.\n')
      return 0
    case 'update':
      at.call.out(catalogueText)
      return 0
    case 'install':
      return install(at, args)
    case 'upgrade':
      return upgrade(at, args)
    case 'delete':
    case 'remove':
      return remove(at, args)
    case 'autoremove':
      return autoremove(at, args)
    case 'lock':
    case 'unlock':
      return lock(at, command, args)
    case 'info':
      return info(at, args)
    case 'query':
      return query(at, args)
    case 'which':
      return which(at, args)
    case 'version':
      return versions(at, args)
    case 'search':
      return search(at, args)
    case 'audit':
      return audit(at, args)
    default:
      return refuse('pkg', `${at.call.args.join(' ')} is not imitated here`)
  }
}

/** `pkg -N`: is it usable in this root? */
function activationTest({ root, call }: PkgCall): number {
  const packages = loadDatabase(root)
  const count = (packages?.length ?? 0) + (findBase(root)?.length ?? 0)
  if (count > 0) call.err(`pkg: ${count} packages installed\n`)
  else call.err(packages === undefined ? 'pkg: package database non-existent\n' : 'pkg: no packages registered\n')
  return count > 0 ? 0 : 1
}
