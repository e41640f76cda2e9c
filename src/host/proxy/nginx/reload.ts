import type { Probe, RunAction, Step } from '../../../core/step.ts'

/* nginx takes a signal and says nothing: that it read everything anew shows by its workers, of which those of before take no more connections. */

// pkill(1) of FreeBSD: "The value none matches processes not in jail" (-j), "Match against full argument lists" (-f), exit 1 where there is
// none (freebsd-src, bin/pkill/pkill.1, since 2010). A jail may have an nginx of its own.
const workers = ['pgrep', '-j', 'none', '-f', '^nginx: worker process$']
const leavingWorkers = ['pgrep', '-j', 'none', '-f', '^nginx: worker process is shutting down$']

export const reloadNginx: RunAction = { kind: 'run', argv: ['service', 'nginx', 'reload'], timeoutSeconds: 60, replaces: workers }

export const isStopped: Probe = { kind: 'command', argv: ['service', 'nginx', 'status'], exitCode: 1 }

/** Whether it did once cannot be told from outside later, so after a crash it is done again. */
export function reloadStep(why: string): Step {
  return { title: `Reload nginx: ${why}; open requests go on`, action: reloadNginx }
}

/**
 * The way back carries its reload on the first change: steps are taken back in reverse order, so by then all files are as they were.
 */
export function changeAndReload(changes: readonly Step[], why: string): Step[] {
  const [first, ...others] = changes
  if (first === undefined) return []
  return [{ ...first, undo: [...(first.undo ?? []), { action: reloadNginx, unless: isStopped }] }, ...others, reloadStep(why)]
}

/**
 * Of changes that follow each other only the last is reloaded for, and their way back only with the first. What a reload does not make true
 * may stand between them; what is seen through nginx may not. Old workers have their files in memory, so who waits for their last requests
 * can wait after all of it.
 */
export function oneReload(steps: readonly Step[]): Step[] {
  const kept: Step[] = []
  let due: Step[] = []
  for (const step of steps) {
    const isDue = due.length > 0
    if (isReload(step)) due = isDue ? due : [step]
    else if (isDue && waitsForOldRequests(step)) due = [...due, step]
    else if (isDue && isChange(step)) kept.push(withoutReload(step))
    else {
      kept.push(...due, step)
      due = []
    }
  }
  return [...kept, ...due]
}

function withoutReload({ undo, ...step }: Step): Step {
  const others = undo?.filter(({ action }) => action !== reloadNginx) ?? []
  return others.length === 0 ? step : { ...step, undo: others }
}

function waitsForOldRequests({ done }: Step): boolean {
  return done?.kind === 'command' && done.argv === leavingWorkers
}

function isReload({ action }: Step): boolean {
  return action === reloadNginx
}

function isChange({ action }: Step): boolean {
  return action.kind === 'nginx-config' || action.kind === 'map-entry'
}

/** Until all requests are answered that came before the last reload: nginx cannot tell those of one jail. */
export function awaitOldRequests(seconds: number): Step {
  return {
    title: 'Wait until the requests of before are answered; nginx cannot tell how many one jail has',
    action: { kind: 'await', timeoutSeconds: seconds, goesOn: true },
    done: { kind: 'command', argv: leavingWorkers, exitCode: 1 },
  }
}
