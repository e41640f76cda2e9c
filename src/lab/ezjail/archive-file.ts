import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { runReal } from '../real.ts'
import type { JailRecord } from './record.ts'

/**
 * An archive holds the jail's tree as `ezjail/`, its control file as `prop.ezjail-NAME-DATE-HOST-VERSION-CPU` and its fstab.
 * The real one is a compressed cpio archive in spite of its name; a tar(1) of FreeBSD reads both.
 */
export async function packArchive(host: Host, record: JailRecord, archive: string, tag: string, call: Call): Promise<number> {
  const root = toReal(host.paths, record.values.get('rootdir') ?? '')
  const real = toWritable(host.paths, 'ezjail-admin', archive, '/')
  return onStage(host, async (stage) => {
    const property = `prop.ezjail-${tag}${record.file.endsWith('.norun') ? '.norun' : ''}`
    cpSync(toReal(host.paths, record.file), join(stage, property))
    // What is mounted below is not on this file system: pax -X leaves it out, and here it is no more than a line in a table.
    cpSync(root, join(stage, 'ezjail'), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    const fstab = toReal(host.paths, `/etc/fstab.${record.safeName}`)
    const isThere = existsSync(fstab)
    if (isThere) cpSync(fstab, join(stage, 'fstab.ezjail'))
    const members = [property, ...(isThere ? ['fstab.ezjail'] : []), 'ezjail']
    const { code, text } = await runReal('tar', ['-czf', real, '-C', stage, '--', ...members], { cwd: stage })
    call.err(text)
    if (code === 0) chmodSync(real, 0o644)
    return code
  })
}

/** Returns the exit code. */
export async function unpackArchive(host: Host, archive: string, root: string, call: Call): Promise<number> {
  const real = toReal(host.paths, archive, call.cwd)
  const target = toWritable(host.paths, 'ezjail-admin', `${root}/.`, '/')
  return onStage(host, async (stage) => {
    const { code, text } = await runReal('tar', ['-xpzf', real, '-C', stage, '--', 'ezjail'], { cwd: stage })
    call.err(text)
    if (code === 0) cpSync(join(stage, 'ezjail'), target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    return code
  })
}

/** The name of the control file in an archive, and its text; undefined when it is no archive of a jail. */
export async function readProperty(host: Host, archive: string): Promise<{ name: string; text: string } | undefined> {
  const real = toReal(host.paths, archive)
  const listed = await runReal('tar', ['-tzf', real], { cwd: host.paths.host })
  const name = listed.text.split('\n').find((line) => line.startsWith('prop.ezjail-'))
  if (listed.code !== 0 || name === undefined || basename(name) !== name) return undefined
  return onStage(host, async (stage) => {
    const { code } = await runReal('tar', ['-xzf', real, '-C', stage, '--', name], { cwd: stage })
    return code === 0 ? { name, text: readFileSync(join(stage, name), 'utf8') } : undefined
  })
}

async function onStage<T>(host: Host, work: (stage: string) => Promise<T>): Promise<T> {
  const run = join(host.paths.folder, 'run')
  mkdirSync(run, { recursive: true })
  const stage = mkdtempSync(join(run, 'ezjail-'))
  try {
    return await work(stage)
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}
