import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { resolveOnHost, toReal, toWritable } from '../paths.ts'
import type { Bastille } from './session.ts'

/** `[ -d path ]`, as the host's kernel follows links: an absolute one in a jail leads from the host's root. */
export function isFolder({ host }: Bastille, path: string): boolean {
  const found = resolveOnHost(host.paths, path)
  return found.kind === 'found' && statSync(found.path).isDirectory()
}

/** undefined: `[ -f path ]` says no. */
export function readText({ host }: Bastille, path: string): string | undefined {
  const found = resolveOnHost(host.paths, path)
  return found.kind === 'found' && statSync(found.path).isFile() ? readFileSync(found.path, 'utf8') : undefined
}

export function writeText({ host }: Bastille, path: string, text: string): void {
  writeFileSync(toWritable(host.paths, 'bastille', path, '/'), text)
}

export function appendLine(bastille: Bastille, path: string, line: string): void {
  writeText(bastille, path, `${readText(bastille, path) ?? ''}${line}\n`)
}

export function linesOf(bastille: Bastille, path: string): string[] {
  return (readText(bastille, path) ?? '').split('\n').filter((line) => line !== '')
}

/** `ls -v`: numbers in names count as numbers. */
export function namesIn({ host }: Bastille, folder: string): string[] {
  const real = toReal(host.paths, folder)
  const names = existsSync(real) ? readdirSync(real).filter((name) => !name.startsWith('.')) : []
  return names.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
}

const temporaryName = /^bastille-list-/

/** Each list begins with `rm -rf /tmp/bastille-list-*`: also with those of a list that runs at the same time. */
export function clearTemporary(bastille: Bastille): void {
  const folder = toReal(bastille.host.paths, '/tmp')
  for (const name of namesIn(bastille, '/tmp')) if (temporaryName.test(name)) rmSync(join(folder, name), { force: true })
}

/** `bastille list jails`: a jail is a folder with a jail.conf. Every subcommand asks for it, and so clears up after others. */
export function listJails(bastille: Bastille): string[] {
  clearTemporary(bastille)
  const { jails } = bastille.conf
  return namesIn(bastille, jails).filter((name) => readText(bastille, `${jails}/${name}/jail.conf`) !== undefined)
}

/** As grep -E would match; what is no pattern matches nothing. */
export function pattern(source: string): RegExp {
  try {
    return new RegExp(source, 'm')
  } catch {
    return /(?!)/
  }
}

/** `grep -w`. */
export function wordPattern(source: string): RegExp {
  return pattern(`(?<![A-Za-z0-9_])(?:${source})(?![A-Za-z0-9_])`)
}

/** YYYY-MM-DD-HHMMSS and the day alone, of this machine's clock. */
export function timestamp(): { day: string; full: string } {
  const now = new Date()
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  return { day, full: `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}` }
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
