import { readMirror } from '../offers.ts'
import { refuse } from '../refuse.ts'
import { findBase, installBase, upgradeBase } from './base-packages.ts'
import { findPackage } from './catalogue.ts'
import { parseWords, type PkgCall } from './command-line.ts'
import { loadDatabase, saveDatabase, type Installed } from './database.ts'
import { carryOut, countOf, newestVersion, planPackage, planUpgrade, summary, type Plan } from './plan.ts'

export const catalogueText =
  'Updating FreeBSD-ports repository catalogue...\nFreeBSD-ports repository is up to date.\nAll repositories are up to date.\n'

const emptyPlan = (): Plan => ({ removed: [], upgraded: [], added: [] })

/** What starts with FreeBSD- comes from the base system's repository. */
function isOfBase(name: string): boolean {
  return name.startsWith('FreeBSD-')
}

export function install(at: PkgCall, args: string[]): number {
  const { flags, values, words } = parseWords('install', args, 'yqUfnA', 'r')
  if (!at.yes && !flags.has('y') && !flags.has('n')) return refuse('pkg', 'install without -y would ask')
  if (words.some(isOfBase)) return installBase(at, words, values.get('r'))
  mustBePorts(values.get('r'))
  if (!flags.has('U')) at.call.out(catalogueText)
  const unknown = words.find((word) => findPackage(word) === undefined)
  if (unknown !== undefined) {
    at.call.err(`pkg: No packages available to install matching '${unknown}' have been found in the repositories\n`)
    return 1
  }
  const installed = loadDatabase(at.root) ?? []
  const plan = emptyPlan()
  const mirror = readMirror(at.host)
  for (const found of words.map(findPackage)) if (found !== undefined) planPackage(plan, mirror, installed, found, flags.has('A'))
  if (countOf(plan) === 0) {
    // Named by somebody: no longer only what another package needs.
    saveDatabase(
      at.root,
      installed.map((each) => (words.includes(each.name) ? { ...each, automatic: flags.has('A') } : each)),
    )
    at.call.out('Checking integrity... done (0 conflicting)\nThe most recent versions of packages are already installed\n')
    return 0
  }
  return apply(at, plan, flags.has('n'))
}

function mustBePorts(repository: string | undefined): void {
  if (repository !== undefined && repository !== 'FreeBSD-ports' && repository !== 'FreeBSD')
    refuse('pkg', `the repository ${repository} is not imitated here`)
}

function apply(at: PkgCall, plan: Plan, isDry: boolean): number {
  at.call.out(summary(plan, `The following ${countOf(plan)} package(s) will be affected (of 0 checked):`))
  if (isDry) return 1
  at.call.out('Checking integrity... done (0 conflicting)\n')
  carryOut(at, plan)
  return 0
}

export function upgrade(at: PkgCall, args: string[]): number {
  const { flags, values, words } = parseWords('upgrade', args, 'yqUfn', 'r')
  const repository = values.get('r')
  if (!at.yes && !flags.has('y') && !flags.has('n')) return refuse('pkg', 'upgrade without -y would ask')
  const isBase = repository?.startsWith('FreeBSD-base') === true || (words.length > 0 && words.every(isOfBase))
  if (isBase) return upgradeBase(at, flags.has('n'))
  mustBePorts(repository)
  if (repository === undefined && words.length === 0 && findBase(at.root) !== undefined)
    refuse('pkg', 'upgrade of everything in a root with packaged base is not imitated here: say -r FreeBSD-ports or -r FreeBSD-base')
  if (!flags.has('U')) at.call.out(catalogueText)
  const installed = loadDatabase(at.root) ?? []
  const missing = words.find((word) => !installed.some(({ name, origin }) => name === word || origin === word))
  if (missing !== undefined) {
    at.call.err(`pkg: ${missing} is not installed, therefore upgrade is impossible\n`)
    return 1
  }
  const plan = emptyPlan()
  const mirror = readMirror(at.host)
  for (const old of installed) {
    const found = findPackage(old.name)
    const isMeant = words.length === 0 || words.includes(old.name) || words.includes(old.origin)
    if (found !== undefined && isMeant) planUpgrade(plan, old, found, newestVersion(mirror, found))
  }
  if (countOf(plan) > 0) return apply(at, plan, flags.has('n'))
  at.call.out(
    'Checking for upgrades (0 candidates): 100%\nProcessing candidates (0 candidates): 100%\nChecking integrity... done (0 conflicting)\nYour packages are up to date.\n',
  )
  return 0
}

const lockedCode = 7

/** What depends on a package goes with it, unless -f. */
export function remove(at: PkgCall, args: string[]): number {
  const { flags, words } = parseWords('delete', args, 'yqfnR')
  const installed = loadDatabase(at.root)
  if (installed === undefined) {
    at.call.err('pkg: No packages installed.  Nothing to do!\n')
    return 0
  }
  const chosen = installed.filter(({ name, origin }) => words.includes(name) || words.includes(origin))
  for (const word of words)
    if (!chosen.some(({ name, origin }) => name === word || origin === word)) at.call.out(`No packages matched for pattern '${word}'\n\n`)
  const plan = { ...emptyPlan(), removed: flags.has('f') ? chosen : withDependants(installed, chosen) }
  at.call.out('Checking integrity... done (0 conflicting)\n')
  const locked = plan.removed.filter((each) => each.locked)
  if (locked.length > 0)
    at.call.out(`The following package(s) are locked or vital and may not be removed:\n\n${locked.map(shown).join('')}\n`)
  if (locked.length > 0 || plan.removed.length === 0) {
    at.call.out(`${words.length} packages requested for removal: ${locked.length} locked, ${words.length - locked.length} missing\n`)
    return locked.length > 0 ? lockedCode : 1
  }
  if (!flags.has('q')) {
    const count = plan.removed.length
    at.call.out(summary(plan, `Deinstallation has been requested for the following ${count} packages (of 0 packages in the universe):`))
  }
  if (flags.has('n')) return 0
  if (!at.yes && !flags.has('y')) return refuse('pkg', 'delete without -y would ask')
  carryOut(at, plan)
  return 0
}

function shown({ name, version }: Installed): string {
  return `\t${name}-${version}\n`
}

function withDependants(installed: Installed[], chosen: Installed[]): Installed[] {
  const more = installed.filter(
    (each) => !chosen.includes(each) && each.dependencies.some((name) => chosen.some((one) => one.name === name)),
  )
  return more.length === 0 ? chosen : withDependants(installed, [...more, ...chosen])
}

/** What came only because another needed it, and nothing needs any more. */
export function autoremove(at: PkgCall, args: string[]): number {
  const { flags } = parseWords('autoremove', args, 'yqn')
  const removed: Installed[] = []
  let kept = loadDatabase(at.root) ?? []
  for (;;) {
    const loose = kept.filter((each) => each.automatic && !each.locked && !kept.some((other) => other.dependencies.includes(each.name)))
    if (loose.length === 0) break
    removed.push(...loose)
    kept = kept.filter((each) => !loose.includes(each))
  }
  at.call.out('Checking integrity... done (0 conflicting)\n')
  if (removed.length === 0) {
    at.call.out('Nothing to do.\n')
    return 0
  }
  const plan = { ...emptyPlan(), removed }
  at.call.out(summary(plan, `Deinstallation has been requested for the following ${removed.length} packages:`))
  if (flags.has('n')) return 0
  if (!at.yes && !flags.has('y')) return refuse('pkg', 'autoremove without -y would ask')
  carryOut(at, plan)
  return 0
}
