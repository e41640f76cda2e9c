import { existsSync } from 'node:fs'
import { recordCall, subCall, type Call } from '../call.ts'
import { freebsdVersion, kernelRelease } from '../freebsd-version.ts'
import { findJail, type Host } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { pkg } from '../pkg/pkg.ts'
import type { Root } from '../root-files.ts'
import type { UpdateOptions } from './options.ts'
import { workFolder, type Work } from './pending.ts'

export interface Update {
  host: Host
  root: Root
  /** As the script calls it; `/` is the host. */
  basedir: string
  work: Work
  /** What it takes the system for, without patch level. */
  running: string
  options: UpdateOptions
  call: Call
}

/** A number: the call has ended with it, which has been said. */
export function openUpdate(host: Host, options: UpdateOptions, call: Call): Update | number {
  const { values } = options
  const conf = values.get('f')
  const jailName = values.get('j')
  let basedir = values.get('b') ?? '/'
  let running = withRelease(values.get('running') ?? kernelRelease)
  if (jailName !== undefined) {
    const said = recordCall('freebsd-version', ['-j', jailName])
    const code = freebsdVersion(host, said.call)
    const jail = findJail(host, jailName)
    if (code !== 0 || jail === undefined) {
      call.err(said.text())
      if (jail === undefined) call.err(`jls: jail ${/^[0-9]+$/.test(jailName) ? jailName : `"${jailName}"`} not found\n`)
      call.out("The specified jail either doesn't exist or does not have freebsd-version.\n")
      return 1
    }
    basedir = jail.path
    running = said.text().trim()
  }
  if (conf !== undefined && !existsSync(toReal(host.paths, conf, call.cwd))) {
    call.out(`File does not exist or is not readable: ${conf}\n`)
    return 1
  }
  const work = workFolder(host, values.get('d'), call.cwd)
  if (basedir !== '/') toWritable(host.paths, 'freebsd-update', `${basedir}/.`, call.cwd)
  const root = { host, folder: basedir === '/' ? host.paths.host : toReal(host.paths, basedir, call.cwd) }
  return { host, root, basedir, work, running: running.replace(/-p\d+$/, ''), options, call }
}

export function withRelease(version: string): string {
  return /^[0-9.]+$/.test(version) ? `${version}-RELEASE` : version
}

/** The script asks pkg, as here. */
export function isPackaged({ host, basedir, call }: Update): boolean {
  const quiet = { out: () => undefined, err: () => undefined }
  const ask = (args: string[]) => pkg(host, subCall(call, 'pkg', args, quiet)) === 0
  return ask(['-r', basedir, '-N']) && ask(['-r', basedir, 'which', '/usr/bin/uname'])
}
