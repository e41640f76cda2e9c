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

/** Until all requests are answered that came before the last reload: nginx cannot tell those of one jail. */
export function awaitOldRequests(seconds: number): Step {
  return {
    title: 'Wait until the requests of before are answered; nginx cannot tell how many one jail has',
    action: { kind: 'await', timeoutSeconds: seconds, goesOn: true },
    done: { kind: 'command', argv: leavingWorkers, exitCode: 1 },
  }
}
