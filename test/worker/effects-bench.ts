import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Action, Step } from '../../src/core/step.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createEffects, type Effects } from '../../src/worker/effects/index.ts'
import { reloadsIn } from '../support/reloads.ts'

export interface Bench {
  folder: string
  shell: Shell
  effects: Effects
  groupFile: string
  at(...names: string[]): string
  /** Puts a program first on the host's PATH; `$bench` in it is the folder. */
  program(name: string, script: string): void
  end(): Promise<void>
}

/** A host in a temporary folder, with small sh scripts for programs. */
export function makeBench(): Bench {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jailops-effects-')))
  const at = (...names: string[]) => join(folder, ...names)
  mkdirSync(at('bin'))
  mkdirSync(at('jails'))
  const haproxy = process.env['JAILOPS_TEST_HAPROXY']
  if (haproxy !== undefined) symlinkSync(haproxy, at('bin', 'haproxy'))
  const programFolders = [at('bin'), '/bin', '/usr/bin', '/usr/sbin', '/usr/local/sbin']
  const shell = createLocalShell({ programFolders, jailRoots: at('jails'), groupWaitMilliseconds: 300 })
  const hands = { shell, now: Date.now, sleep: (milliseconds: number) => sleep(milliseconds) }
  const effects = createEffects({ ...hands, reloads: reloadsIn(folder, hands), stagingFolder: at('staging') })
  const program = (name: string, script: string) => {
    writeFileSync(at('bin', name), `#!/bin/sh\nbench='${folder}'\n${script}\n`)
    chmodSync(at('bin', name), 0o755)
  }
  const end = async () => {
    await shell.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, shell, effects, groupFile: at('group'), at, program, end }
}

export function stepOf(action: Action, more: Partial<Step> = {}): Step {
  return { title: 'A step', action, ...more }
}

/** As the executor does it: what was before is kept first. */
export async function perform({ effects, groupFile }: Bench, step: Step): Promise<string | null> {
  const before = await effects.capture(step)
  await effects.perform(step, { groupFile })
  return before
}
