import type { Snapshot } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'

export async function observeSnapshots(_shell: Shell, _layout: Layout): Promise<Snapshot[]> {
  return []
}
