import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { baseTree, versionScript } from '../base.ts'
import { newestPatch } from '../offers.ts'
import { toReal } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { findIn, makeFolderIn, readIn, writeIn, type Root } from '../root-files.ts'
import type { PkgCall } from './command-line.ts'

const file = '/var/db/pkg/base.json'
const versionFile = '/bin/freebsd-version'
const names = ['FreeBSD-set-base-jail', 'FreeBSD-clibs', 'FreeBSD-rc', 'FreeBSD-runtime', 'FreeBSD-utilities', 'FreeBSD-zoneinfo']

/** A file of its own says that a root's base system consists of packages; the real one keeps them among the others. */
const baseSchema = z.object({ release: z.string().optional() })

export interface BasePackage {
  name: string
  /** `15.1` or `15.1p1`. */
  version: string
  origin: string
  comment: string
}

/** undefined: the base system of this root does not come from packages. */
export function findBase(root: Root): BasePackage[] | undefined {
  const text = readIn(root, file)
  if (text === undefined) return undefined
  const release = userlandOf(root) ?? baseSchema.parse(JSON.parse(text)).release ?? '15.1-RELEASE'
  return names.map((name) => ({ name, version: packageVersion(release), origin: `base/${name}`, comment: `${name.slice(8)} package` }))
}

/** `15.1-RELEASE-p1`, as bin/freebsd-version says. */
export function userlandOf(root: Root): string | undefined {
  return /^USERLAND_VERSION="(.*)"$/m.exec(readIn(root, versionFile) ?? '')?.[1]
}

export function setUserland(root: Root, release: string): void {
  writeIn(root, versionFile, versionScript(release), 0o755)
}

function packageVersion(release: string): string {
  return release.replace(/-RELEASE(?:-(p\d+))?$/, '$1')
}

/** Which package of the base a path is from. */
export function baseOwner(root: Root, path: string): BasePackage | undefined {
  const isThere = baseTree().files.some(({ name }) => `/${name}` === path)
  const name = path.startsWith('/usr/share/zoneinfo/') ? 'FreeBSD-zoneinfo' : path.startsWith('/etc/rc') ? 'FreeBSD-rc' : 'FreeBSD-runtime'
  return isThere ? findBase(root)?.find((each) => each.name === name) : undefined
}

/** `install -r FreeBSD-base-release-1 FreeBSD-set-base-jail`: fills a root with the tree of that release. */
export function installBase(at: PkgCall, words: string[], repository = 'FreeBSD-base'): number {
  const minor = /^FreeBSD-base-release-(\d)$/.exec(repository)?.[1] ?? (repository === 'FreeBSD-base' ? '1' : undefined)
  if (minor === undefined || !isConfigured(at, repository)) return refuse('pkg', `the repository ${repository} is not imitated here`)
  const other = words.find((word) => !names.includes(word))
  if (other !== undefined || !words.includes('FreeBSD-set-base-jail'))
    return refuse('pkg', `of the base only FreeBSD-set-base-jail is imitated here`)
  at.call.out(`Updating ${repository} repository catalogue...\n${repository} repository update completed. 496 packages processed.\n`)
  at.call.out(`${repository} is up to date.\n`)
  if (findBase(at.root) !== undefined) {
    at.call.out('Checking integrity... done (0 conflicting)\nThe most recent versions of packages are already installed\n')
    return 0
  }
  const release = newest(at, `15.${minor}-RELEASE`)
  const { folders, files } = baseTree(release)
  for (const folder of folders) makeFolderIn(at.root, `/${folder}`)
  for (const { name, text, mode } of files) if (findIn(at.root, `/${name}`).kind !== 'found') writeIn(at.root, `/${name}`, text, mode)
  setUserland(at.root, release)
  writeIn(at.root, file, `${JSON.stringify({ release })}\n`)
  const lines = names.map((name) => `\t${name}: ${packageVersion(release)} [${repository}]\n`)
  const head = `The following ${names.length} package(s) will be affected (of 0 checked):`
  at.call.out(`${head}\n\nNew packages to be INSTALLED:\n${lines.join('')}\nNumber of packages to be installed: ${names.length}\n`)
  tell(at, (name) => `Installing ${name}-${packageVersion(release)}...`)
  return 0
}

function isConfigured(at: PkgCall, repository: string): boolean {
  if (at.repositoryFolder === undefined) return true
  const folder = toReal(at.host.paths, at.repositoryFolder, at.call.cwd)
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.conf')) : []
  return files.some((name) => readFileSync(join(folder, name), 'utf8').includes(repository))
}

function newest(at: PkgCall, release: string): string {
  const patch = newestPatch(at.host, release)
  return patch === 0 ? release : `${release}-p${patch}`
}

function tell(at: PkgCall, line: (name: string) => string): void {
  for (const [index, name] of names.entries()) at.call.out(`${at.prefix}[${index + 1}/${names.length}] ${line(name)}\n`)
}

export function upgradeBase(at: PkgCall, isDry: boolean): number {
  const packages = findBase(at.root)
  if (packages === undefined) return refuse('pkg', 'the base of this root is not packaged: upgrading it by pkg is not imitated here')
  const now = userlandOf(at.root) ?? '15.1-RELEASE'
  const wanted = newest(at, now.replace(/-p\d+$/, ''))
  at.call.out('Updating FreeBSD-base repository catalogue...\nFreeBSD-base repository is up to date.\nFreeBSD-base is up to date.\n')
  if (now === wanted) {
    at.call.out('Checking integrity... done (0 conflicting)\nYour packages are up to date.\n')
    return 0
  }
  const [old, version] = [packageVersion(now), packageVersion(wanted)]
  const lines = packages.map(({ name }) => `\t${name}: ${old} -> ${version} [FreeBSD-base]\n`)
  const head = `The following ${names.length} package(s) will be affected (of 0 checked):`
  at.call.out(`${head}\n\nInstalled packages to be UPGRADED:\n${lines.join('')}\nNumber of packages to be upgraded: ${names.length}\n`)
  if (isDry) return 1
  setUserland(at.root, wanted)
  tell(at, (name) => `Upgrading ${name} from ${old} to ${version}...`)
  return 0
}
