import type { InsideDriver } from '../../core/drivers.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Jail } from '../../core/jail.ts'
import type { InstalledPackage, SeenInside } from '../../core/seen-inside.ts'
import type { Probe, RunAction, Undo } from '../../core/step.ts'
import { didYouMean } from '../../core/suggest.ts'

/*
 * Packages, by the host's pkg (-j). One step each: what was there before is then not taken back by an undo, and a jail that is half
 * filled says which are in it.
 */

type Named = Pick<Jail, 'name' | 'kernelName'>

export const installPackages: InsideDriver['installPackages'] = (jail, names, seen) => {
  const missing = names.filter((name) => findPackage(seen, name) === undefined)
  return missing.map((name, index) => ({
    title: `Install ${name} in ${jail.name}`,
    // the first one has asked for the newest catalogue
    action: pkg(jail, ['install', ...(index > 0 ? ['-U'] : []), '-y', name]),
    done: isInstalled(jail, name),
    ...(seen !== undefined && { undo: [name, ...(index === 0 ? along(seen, names) : [])].map((one) => takeAway(jail, one)) }),
  }))
}

export const removePackages: InsideDriver['removePackages'] = (jail, names, seen) => {
  const chosen = names.map((name) => installed(seen, name, jail.name))
  return withDependents(seen, chosen).map((one) => {
    const why = chosen.includes(one) ? '' : ', which needs what is removed'
    return {
      title: `Remove ${one.name} from ${jail.name}${why}`,
      action: pkg(jail, ['delete', '-y', one.name]),
      done: isMissing(jail, one.name),
      undo: [{ action: pkg(jail, ['install', '-y', ...(one.automatic ? ['-A'] : []), one.name]), unless: isInstalled(jail, one.name) }],
    }
  })
}

export const upgradePackages: InsideDriver['upgradePackages'] = (jail, newer, back) => ({
  title: `Upgrade ${newer.map(({ name }) => name).join(', ')} in ${jail.name}`,
  action: { ...pkg(jail, ['upgrade', '-y', ...newer.map(({ name }) => name)]), timeoutSeconds: 3600 },
  done: {
    kind: 'command',
    argv: ['pkg', '-j', jail.kernelName, 'query', '%n-%v', ...newer.map(({ name }) => name)],
    stdout: newer.map(({ name, to }) => `${name}-${to}`).join('\n'),
  },
  ...(back.length > 0 ? { undo: [...back] } : { final: 'older versions of packages cannot be had back' }),
})

/** By name, by origin, or by both with the version, as pkg takes it. */
function findPackage(seen: SeenInside | undefined, word: string): InstalledPackage | undefined {
  return seen?.packages.find(({ name, version, origin }) => [name, origin, `${name}-${version}`].includes(word))
}

function installed(seen: SeenInside, word: string, jail: string): InstalledPackage {
  const found = findPackage(seen, word)
  if (found !== undefined) return found
  const names = seen.packages.map(({ name }) => name)
  throw new JailopsError(
    'unknown_package',
    `${jail} has no package ${word}.${didYouMean(word, names)} See what it has: /jail pkg list ${jail}`,
  )
}

/** pkg takes along what needs a package that goes. Those first, so that each is a step of its own. */
function withDependents(seen: SeenInside, chosen: readonly InstalledPackage[]): InstalledPackage[] {
  const ordered: InstalledPackage[] = []
  const visit = (one: InstalledPackage): void => {
    if (ordered.includes(one)) return
    for (const other of seen.packages) if (other !== one && seen.needs.get(other.name)?.includes(one.name)) visit(other)
    ordered.push(one)
  }
  for (const one of chosen) visit(one)
  return ordered
}

function takeAway(jail: Named, name: string): Undo {
  return { action: pkg(jail, ['delete', '-y', name]), unless: isMissing(jail, name) }
}

/** What comes because it is needed: it goes last. */
function along({ coming, packages }: SeenInside, names: readonly string[]): string[] {
  return coming.names.filter((one) => !names.includes(one) && !packages.some(({ name }) => name === one))
}

function isInstalled({ kernelName }: Named, name: string): Probe {
  return { kind: 'command', argv: ['pkg', '-j', kernelName, 'info', '-e', name], exitCode: 0 }
}

function isMissing({ kernelName }: Named, name: string): Probe {
  return { kind: 'command', argv: ['pkg', '-j', kernelName, 'info', '-e', name], notExitCode: 0 }
}

function pkg({ kernelName }: Named, words: readonly string[]): RunAction {
  return { kind: 'run', argv: ['pkg', '-j', kernelName, ...words], timeoutSeconds: 900 }
}
