import type { Archive } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'

export async function observeArchives(_shell: Shell, _layout: Layout): Promise<Archive[]> {
  return []
}
