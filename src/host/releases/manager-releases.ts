import type { ReleaseSource } from '../../core/drivers.ts'
import type { Release } from '../../core/jail.ts'
import type { Step } from '../../core/step.ts'

/** One manager's part of the ReleaseDriver. */
export interface ManagerReleases {
  fetch(name: string, from: ReleaseSource | undefined, request: string): Step[]
  remove(release: Release, request: string): Step[]
  update(release: Release, request: string): Step[]
}
