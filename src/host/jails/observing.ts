import type { Mark } from '../../core/drivers.ts'
import type { ObservedFacts } from '../../core/host.ts'
import type { Dataset } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'

/** What there is to see the jails of a manager by. Its files are read, and its own tool is not asked: that takes seconds and meets itself. */
export interface Observing {
  shell: Shell
  layout: Layout
  marks: ReadonlyMap<string, Mark>
  datasets: readonly Dataset[]
  managers: ObservedFacts['managers']
}
