import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { wordsOf } from '../words.ts'

export const sharedFolders = wordsOf(`
  bin boot lib libexec rescue sbin usr/bin usr/include usr/lib usr/libdata usr/libexec usr/sbin usr/src usr/share usr/lib32
`)

/** Real folders of a whole system, of the base that jails share, of the template for new ones, and of the example flavour. */
export interface World {
  full: string
  base: string
  template: string
  flavours: string
  examples: string
}

/** ezjail_splitworld(): what jails share moves to the base, links take its place, and the rest becomes the template. */
export function splitWorld({ full, base, template, flavours, examples }: World): void {
  mkdirSync(join(base, 'usr'), { recursive: true })
  for (const name of sharedFolders) {
    const from = join(full, name)
    const to = join(base, name)
    mkdirSync(to, { recursive: true })
    if (existsSync(from)) cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    rmSync(from, { recursive: true, force: true })
    mkdirSync(dirname(from), { recursive: true })
    symlinkSync(`/basejail/${name}`, from)
  }
  mkdirSync(join(full, 'basejail'))
  rmSync(template, { recursive: true, force: true })
  renameSync(full, template)
  cpSync(join(examples, 'example'), join(flavours, 'example'), { recursive: true })
  link('/basejail/usr/ports', join(template, 'usr/ports'))
  cpSync(join(examples, 'example/etc/make.conf'), join(template, 'etc/make.conf'))
  for (const name of ['packages', 'distfiles']) mkdirSync(join(template, 'var/ports', name), { recursive: true })
  link('/usr/local/bin/perl', join(base, 'usr/bin/perl'))
}

function link(target: string, path: string): void {
  rmSync(path, { force: true })
  symlinkSync(target, path)
}
