import type { Undo } from '../../src/core/step.ts'

/** The command that takes it back; none where a reload of HAProxy does. */
export function undoArgv({ action }: Undo): readonly string[] {
  return action.kind === 'run' ? action.argv : []
}
