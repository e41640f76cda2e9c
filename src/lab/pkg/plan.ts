import { compareVersions, type Mirror } from '../offers.ts'
import { findPackage, type Package } from './catalogue.ts'
import { layDown, loadDatabase, saveDatabase, takeAway, type Installed } from './database.ts'
import type { PkgCall } from './command-line.ts'

/** What a call of pkg is about to do, in the order of doing it. */
export interface Plan {
  removed: Installed[]
  upgraded: { old: Installed; found: Package; version: string }[]
  added: { found: Package; version: string; automatic: boolean }[]
}

export function newestVersion(mirror: Mirror, { name, version }: Package): string {
  return mirror.packages[name] ?? version
}

/** Puts a package and what it needs into the plan, what it needs first; what is there already is upgraded where it can be. */
export function planPackage(plan: Plan, mirror: Mirror, installed: Installed[], found: Package, automatic = false): void {
  for (const name of found.dependencies) {
    const needed = findPackage(name)
    if (needed !== undefined) planPackage(plan, mirror, installed, needed, true)
  }
  const version = newestVersion(mirror, found)
  const old = installed.find(({ name }) => name === found.name)
  if (old === undefined) {
    const there = plan.added.find((each) => each.found === found)
    if (there === undefined) plan.added.push({ found, version, automatic })
    else there.automatic &&= automatic
  } else planUpgrade(plan, old, found, version)
}

export function planUpgrade(plan: Plan, old: Installed, found: Package, version: string): void {
  // A locked package is passed over without a word.
  if (old.locked || compareVersions(old.version, version) >= 0 || plan.upgraded.some((each) => each.old === old)) return
  plan.upgraded.push({ old, found, version })
}

export function countOf({ removed, upgraded, added }: Plan): number {
  return removed.length + upgraded.length + added.length
}

/** pkg's own list of what will happen. */
export function summary(plan: Plan, head: string): string {
  const { removed, upgraded, added } = plan
  const parts = [
    section('Installed packages to be REMOVED', removed, ({ name, version }) => `${name}: ${version}`),
    section('New packages to be INSTALLED', added, ({ found, version }) => `${found.name}: ${version} [FreeBSD-ports]`),
    section(
      'Installed packages to be UPGRADED',
      upgraded,
      ({ old, version }) => `${old.name}: ${old.version} -> ${version} [FreeBSD-ports]`,
    ),
  ]
  const counts = [
    ...(removed.length > 0 ? [`Number of packages to be removed: ${removed.length}`] : []),
    ...(added.length > 0 ? [`Number of packages to be installed: ${added.length}`] : []),
    ...(upgraded.length > 0 ? [`Number of packages to be upgraded: ${upgraded.length}`] : []),
  ]
  return `${head}\n\n${parts.join('')}${counts.join('\n')}\n`
}

function section<T>(title: string, entries: T[], show: (entry: T) => string): string {
  return entries.length === 0 ? '' : `${title}:\n${entries.map((entry) => `\t${show(entry)}\n`).join('')}\n`
}

/** Does what the plan says and tells each step. */
export function carryOut({ root, prefix, call }: PkgCall, plan: Plan): void {
  const count = countOf(plan)
  let done = 0
  let now = loadDatabase(root) ?? []
  const step = () => `${prefix}[${String(++done).padStart(String(count).length)}/${count}] `
  const without = (name: string) => now.filter((each) => each.name !== name)
  for (const old of plan.removed) {
    const start = step()
    takeAway(root, old)
    now = without(old.name)
    call.out(`${start}Deinstalling ${old.name}-${old.version}...\n${start}Deleting files for ${old.name}-${old.version}: 100%\n`)
  }
  for (const { found, version, automatic } of plan.added) {
    const start = step()
    now = [...now, layDown(root, found, version, automatic)]
    call.out(`${start}Installing ${found.name}-${version}...\n${start}Extracting ${found.name}-${version}: 100%\n`)
  }
  for (const { old, found, version } of plan.upgraded) {
    const start = step()
    now = [...without(old.name), { ...layDown(root, found, version, old.automatic), locked: old.locked }]
    call.out(`${start}Upgrading ${old.name} from ${old.version} to ${version}...\n${start}Extracting ${old.name}-${version}: 100%\n`)
  }
  saveDatabase(root, now)
}
