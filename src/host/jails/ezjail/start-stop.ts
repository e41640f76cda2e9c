import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction, Step, Undo } from '../../../core/step.ts'
import { blockingLine, controlFile, isNoRun } from './control-file.ts'

/*
 * By ezjail-admin, and not by jail(8): ezjail knows a running jail only by the number that its own start wrote down, and its `delete` goes
 * ahead below one that it takes for stopped. `onestart` and `onestop` ask nobody whether ezjail_enable is set. They may say 0 of a jail that
 * they left as it was, so it is the kernel that is asked afterwards. A warning that jail_* variables are obsolete comes every time.
 */

const timeoutSeconds = 180

export function startJail(layout: Layout, jail: Jail): Step[] {
  const runs = { kind: 'jail', name: jail.kernelName, running: true } satisfies Step['done']
  return [
    ...(isNoRun(jail) && jail.state !== 'running' ? letObey(layout, jail) : []),
    { title: `Start ${jail.name}`, action: ezjail('onestart', jail.name), done: runs, undo: takeDown(jail) },
  ]
}

export function stopJail(layout: Layout, jail: Jail): Step[] {
  const runs = { kind: 'jail', name: jail.kernelName, running: true } satisfies Step['done']
  return [
    ...(isNoRun(jail) ? letObey(layout, jail) : []),
    {
      title: `Stop ${jail.name}`,
      action: ezjail('onestop', jail.name),
      done: { ...runs, running: false },
      undo: [{ action: ezjail('onestart', jail.name), unless: runs }],
    },
  ]
}

/** rc.d/jail leaves there what it started the jail by: jail(8) can end by it what ezjail would not. */
function takeDown({ name, kernelName }: Jail): Undo[] {
  const unless = { kind: 'jail', name: kernelName, running: false } as const
  const byJail: RunAction = { kind: 'run', argv: ['jail', '-f', `/var/run/jail.${kernelName}.conf`, '-r', kernelName], timeoutSeconds }
  return [
    { action: ezjail('onestop', name), unless, mayFail: true },
    { action: byJail, unless },
  ]
}

/** A `.norun` jail becomes a blocking one: still off at boot. */
function letObey(layout: Layout, { name, kernelName }: Jail): Step[] {
  const path = controlFile(layout, kernelName)
  return [
    { title: `Keep ${name} off at boot`, action: { kind: 'line', path: `${path}.norun`, line: blockingLine(kernelName), on: true } },
    {
      title: `Let ezjail start and stop ${name} when asked, which it does with no norun jail`,
      action: { kind: 'move', from: `${path}.norun`, to: path },
    },
  ]
}

function ezjail(...words: string[]): RunAction {
  return { kind: 'run', argv: ['ezjail-admin', ...words], timeoutSeconds }
}
