import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import { findJail, type Host, type RunningJail } from '../host.ts'
import { fail, run } from './speech.ts'

export interface Jail {
  name: string
  folder: string
  dataset: string
  isTemplate: boolean
}

export const activeProperty = 'org.freebsd.ioc:active'
export const poolDataset = 'zroot/iocage'

export function iocRoot(host: Host): string {
  return join(host.paths.host, 'iocage')
}

export async function mustBeActive(host: Host, call: Call): Promise<void> {
  const { out } = await run(host, call, 'zfs', ['get', '-H', '-o', 'value', activeProperty, 'zroot'])
  if (out.trim() !== 'yes') fail('No pool is activated!\nPlease run "iocage activate POOL" first.')
}

/** All jails and then all templates, as their datasets stand. */
export async function allJails(host: Host, call: Call): Promise<Jail[]> {
  return [...(await jailsIn(host, call, 'jails')), ...(await jailsIn(host, call, 'templates'))]
}

export async function jailsIn(host: Host, call: Call, kind: 'jails' | 'templates'): Promise<Jail[]> {
  const { out } = await run(host, call, 'zfs', ['list', '-H', '-o', 'name', '-d', '1', `${poolDataset}/${kind}`])
  const names = out
    .split('\n')
    .filter((name) => name.startsWith(`${poolDataset}/${kind}/`))
    .map((name) => name.slice(`${poolDataset}/${kind}/`.length))
  return names.map((name) => jailIn(host, kind, name))
}

export function jailIn(host: Host, kind: 'jails' | 'templates', name: string): Jail {
  return { name, folder: join(iocRoot(host), kind, name), dataset: `${poolDataset}/${kind}/${name}`, isTemplate: kind === 'templates' }
}

/** By its whole name, or by the beginning of exactly one. */
export async function needJail(host: Host, call: Call, wanted: string): Promise<Jail> {
  for (const kind of ['jails', 'templates'] as const) {
    const jail = jailIn(host, kind, wanted)
    if (wanted !== '' && isFolder(jail.folder)) return jail
  }
  const found = (await allJails(host, call)).filter(({ name }) => name.startsWith(wanted))
  const [only, second] = found
  if (only === undefined) return fail(`jail '${wanted}' not found!`)
  if (second === undefined) return only
  const lines = found.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map(({ name, folder }) => `\n  ${name} (${folder})`)
  return fail(`Multiple jails found for ${wanted}:${lines.join('')}`)
}

export function exists(host: Host, name: string): boolean {
  return (['jails', 'templates'] as const).some((kind) => isFolder(jailIn(host, kind, name).folder))
}

function isFolder(path: string): boolean {
  return existsSync(path) && lstatSync(path).isDirectory()
}

/** Two names that differ in nothing but '.' and '_' are one to the kernel. */
export function kernelName(name: string): string {
  return `ioc-${name.replaceAll('.', '_')}`
}

export function runningJail(host: Host, name: string): RunningJail | undefined {
  return findJail(host, kernelName(name))
}

/** iocage asks whether the letters ALL are anywhere in what it was given. */
export function meansAll(wanted: string): boolean {
  return wanted.includes('ALL')
}
