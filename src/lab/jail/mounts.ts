import { lstatSync } from 'node:fs'
import { subCall, type Call } from '../call.ts'
import { parseFstabLine, readFstab, type FstabLine } from '../fstab.ts'
import type { Host } from '../host.ts'
import { isOn, valueOf, valuesOf, type JailConfig } from '../jail-conf/jails.ts'
import { mount } from '../mount.ts'
import { mountPoint } from '../mounting.ts'
import { isInside, toReal } from '../paths.ts'
import { umount } from '../umount.ts'

/** One mount that a jail's configuration asks for. */
interface Step {
  parameter: string
  on: string
  type: string
  /** What jail(8) runs, to be shown with and without it having failed. */
  up: string[]
  down: string[]
}

/** `mount`, the lines of `mount.fstab`, devfs, fdescfs, procfs, in jail(8)'s order; a text: what is wrong. */
export function mountSteps(host: Host, config: JailConfig): Step[] | string {
  const fstab = valueOf(config, 'mount.fstab')
  const lines = fstab === undefined ? [] : readFstab(toReal(host.paths, fstab))
  if (lines === undefined) return `${prefix(config)}mount.fstab: ${fstab ?? ''}: No such file or directory`
  const path = valueOf(config, 'path') ?? ''
  const steps: Step[] = []
  for (const [parameter, texts] of [['mount', valuesOf(config, 'mount')] as const, ['mount.fstab', lines] as const]) {
    for (const text of texts.filter((each) => each.trim() !== '')) {
      const line = parseFstabLine(text)
      if (line === undefined) return `${prefix(config)}${parameter}: ${text}: missing information`
      steps.push(ofLine(parameter, line))
    }
  }
  const ruleset = valueOf(config, 'devfs_ruleset') ?? '4'
  if (isOn(config, 'mount.devfs')) steps.push(special('devfs', `${path}/dev`, [`-oruleset=${ruleset}`]))
  if (isOn(config, 'mount.fdescfs')) steps.push(special('fdescfs', `${path}/dev/fd`))
  if (isOn(config, 'mount.procfs')) steps.push(special('procfs', `${path}/proc`))
  return steps
}

function ofLine(parameter: string, { type, from, on, options }: FstabLine): Step {
  const up = ['/sbin/mount', '-t', type, ...(options === undefined ? [] : ['-o', options]), from, on]
  return { parameter, on, type, up, down: ['/sbin/umount', '-t', type, on] }
}

function special(type: string, on: string, options: string[] = []): Step {
  return { parameter: `mount.${type}`, on, type, up: ['/sbin/mount', '-t', type, ...options, '.', on], down: ['/sbin/umount', on] }
}

function prefix(config: JailConfig): string {
  return config.onCommandLine ? '' : `${config.name}: `
}

/** False: one could not be mounted, and that has been said. Each that was goes to `undo`. */
export function addMounts(host: Host, config: JailConfig, call: Call, verbose: boolean, undo: (() => void)[]): boolean {
  const steps = mountSteps(host, config)
  if (typeof steps === 'string') return complain(call, steps)
  for (const step of steps) {
    const problem = pathProblem(host, config, step)
    if (problem !== undefined) return complain(call, `${prefix(config)}${problem}`)
    // A devfs that a jail before has left stays.
    if (step.type === 'devfs' && host.mounts.some(({ on, type }) => type === 'devfs' && on === step.on)) continue
    if (verbose) call.out(`${config.name}: run command: ${step.up.join(' ')}\n`)
    if (mount(host, subCall(call, 'mount', step.up.slice(1), { cwd: '/' })) !== 0) {
      return complain(call, `${config.name}: ${step.up.join(' ')}: failed`)
    }
    undo.push(() => void umount(host, subCall(call, 'umount', ['-f', step.on], { cwd: '/' })))
  }
  return true
}

/** Takes them back, the last first; what cannot be is said, and the others go all the same. */
export function removeMounts(host: Host, config: JailConfig, call: Call, verbose: boolean): boolean {
  const steps = mountSteps(host, config)
  if (typeof steps === 'string') return complain(call, steps)
  let ok = true
  for (const step of steps.toReversed()) {
    const place = mountPoint(host, step.on, '/')
    const found = host.mounts.findLast((each) => each.on === step.on || each.place === place)
    const line = `${prefix(config)}${step.parameter}: ${step.on}`
    // What somebody has unmounted meanwhile: quiet for devfs, as the recordings of the lab have it.
    if (found === undefined && step.type === 'devfs') continue
    if (verbose) call.out(`${config.name}: run command: ${step.down.join(' ')}\n`)
    if (found === undefined) ok = complain(call, `${line}: ${place === undefined ? 'No such file or directory' : 'not a mount point'}`)
    else if (found.type !== step.type) ok = complain(call, `${line}: not a ${step.type} mount`)
    else if (umount(host, subCall(call, 'umount', step.down.slice(1), { cwd: '/' })) !== 0)
      ok = complain(call, `${config.name}: ${step.down.join(' ')}: failed`)
  }
  return ok
}

function complain(call: Call, message: string): false {
  call.err(`jail: ${message}\n`)
  return false
}

/** Below the jail's root jail(8) walks to the mount point itself: a link on the way would lead mount(8) out. */
function pathProblem(host: Host, config: JailConfig, { parameter, on }: Step): string | undefined {
  if (!on.startsWith('/')) return `${parameter}: ${on}: not an absolute pathname`
  const root = valueOf(config, 'path') ?? ''
  if (root === on || !isInside(root, on)) return undefined
  let walked = root
  for (const part of on
    .slice(root.length)
    .split('/')
    .filter((word) => word !== '')) {
    walked = `${walked}/${part}`
    const real = toReal(host.paths, walked)
    const found = lstatSync(real, { throwIfNoEntry: false })
    if (found === undefined && mountPoint(host, walked, '/') === undefined) return `${parameter}: ${walked}: No such file or directory`
    if (found?.isSymbolicLink()) return `${parameter}: ${walked} is a symbolic link`
  }
  return undefined
}
