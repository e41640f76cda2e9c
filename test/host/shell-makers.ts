import { mkdtempSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { createSshShell, type SshShell, type SshShellOptions } from '../../src/host/shell-ssh.ts'
import type { Shell } from '../../src/host/shell.ts'
import { type SshTarget, sshTargetSchema } from '../../src/core/ssh-target.ts'

export interface MakerOptions {
  programFolders: readonly string[]
  jailRoots: string
  confineTo?: string
}

/** Where a kind of shell leads, as text for shell-crash.ts: for ssh a target, whose folder each shell gets below for itself. */
const place = z.object({ target: sshTargetSchema }).partial()

/** Named, so that a process of its own (shell-crash.ts) can make the same kind of shell. `where` is what the kind needs to know, as JSON. */
export async function makeShell(kind: string, options: MakerOptions, where = '{}'): Promise<Shell> {
  const { target } = place.parse(JSON.parse(where))
  if (kind === 'local') return createLocalShell({ ...options, groupWaitMilliseconds: 300 })
  if (target === undefined) throw new Error(`no shell is called ${kind}`)
  return makeSshShell({ ...target, folder: mkdtempSync(`${target.folder}-`) }, options)
}

function onProblem(what: string): void {
  throw new Error(what)
}

export async function makeSshShell(target: SshTarget, options: MakerOptions & Partial<SshShellOptions>): Promise<SshShell> {
  const controlFolder = mkdtempSync(join(dirname(target.knownHosts), 'c-'))
  const shell = createSshShell({ target, controlFolder, owner: 'tests', onProblem, ...options })
  await shell.whenConnected(AbortSignal.timeout(10_000))
  return shell
}
