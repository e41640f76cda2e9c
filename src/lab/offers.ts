import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Host } from './host.ts'
import { refuse } from './refuse.ts'

/**
 * What the world outside offers, where that is more than the lab knows of itself: newer versions of packages, versions below which
 * they are vulnerable, patch levels of releases. A test or a demo writes HOST/var/db/lab-mirror.json to have something to update.
 */
const mirrorSchema = z.strictObject({
  packages: z.record(z.string(), z.string()).default({}),
  vulnerable: z.record(z.string(), z.string()).default({ vim: '9.1.1800' }),
  patches: z.record(z.string(), z.int()).default({}),
})

export type Mirror = z.infer<typeof mirrorSchema>

/** Patch levels that releases had when the lab was written. */
const knownPatches: Record<string, number> = { '15.1-RELEASE': 1, '15.0-RELEASE': 5, '14.3-RELEASE': 4 }

export function readMirror(host: Host): Mirror {
  const file = join(host.paths.host, 'var/db/lab-mirror.json')
  return mirrorSchema.parse(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})
}

/** `15.1-RELEASE` → 1. */
export function newestPatch(host: Host, release: string): number {
  return readMirror(host).patches[release] ?? knownPatches[release] ?? refuse('lab', `the mirror has no ${release}`)
}

/** Versions as pkg compares them, in short: number by number; below 0 when the first is the older one. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [one, other].map((version) => version.split(/[.,_p-]|(?<=\d)(?=[a-z])/))
  for (let at = 0; at < Math.max(first?.length ?? 0, second?.length ?? 0); at++) {
    const [left = '0', right = '0'] = [first?.[at], second?.[at]]
    const difference = Number(left) - Number(right) || (Number.isNaN(Number(left) - Number(right)) ? left.localeCompare(right) : 0)
    if (difference !== 0) return difference
  }
  return 0
}
