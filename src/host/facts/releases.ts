import type { Release } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'

export async function observeReleases(_shell: Shell, _layout: Layout): Promise<Release[]> {
  return []
}
