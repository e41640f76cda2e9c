import type { ObservedFacts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'

export async function observeLimits(_shell: Shell, _layout: Layout): Promise<Pick<ObservedFacts, 'canLimit' | 'limits'>> {
  return { canLimit: false, limits: [] }
}
