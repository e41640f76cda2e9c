import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../host.ts'
import { wordsOf } from '../words.ts'
import { readConfig, writeConfig } from './config.ts'
import { iocRoot, type Jail } from './jails.ts'
import type { Source } from './make.ts'

const folders = wordsOf(`
  bin boot lib libexec rescue sbin usr/bin usr/include usr/lib usr/libexec usr/sbin usr/share usr/libdata usr/lib32
`)

/** A basejail sees its release's own folders through a nullfs each. */
export function addBaseMounts(host: Host, jail: Jail, source: Source): void {
  const kind = /-(RELEASE|STABLE)/.test(source.name) ? 'releases' : 'templates'
  const base = join(iocRoot(host), kind, source.name, 'root')
  const lines = folders.flatMap((folder) => {
    const target = join(jail.folder, 'root', folder)
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target, { recursive: true })
    // The lab's base is small: what it has not cannot be mounted.
    return existsSync(join(base, folder)) ? [`${join(base, folder)}\t${target}\tnullfs\tro\t0\t0 # Added by iocage on ${now()}\n`] : []
  })
  appendFileSync(join(jail.folder, 'fstab'), lines.join(''))
  writeConfig(jail.folder, { ...readConfig(jail.folder), basejail: 1 })
}

/** After an upgrade it looks at another release. */
export function moveBaseMounts(host: Host, jail: Jail, from: string, to: string): void {
  const file = join(jail.folder, 'fstab')
  const releases = join(iocRoot(host), 'releases')
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`${releases}/${from}/`, `${releases}/${to}/`))
}

export function now(): string {
  return new Date().toISOString().slice(0, 19).replace('T', ' ')
}
