import type { Step, Undo } from './step.ts'

/** An undo that carries steps out: their commands, each left out where what it brings about holds already. */
export function undoBySteps(steps: readonly Step[]): Undo[] {
  return steps.flatMap(({ action, done }) =>
    action.kind === 'run' ? [{ action, ...(done !== undefined && done.kind !== 'journal-only' && { unless: done }) }] : [],
  )
}
