import type { z } from 'zod'
import type { alertSchema } from '../../src/core/alert.ts'

/** Something that is wrong on a host. */
export function alertOf(key: string, more: Partial<z.infer<typeof alertSchema>> = {}): z.infer<typeof alertSchema> {
  return {
    key,
    kind: 'backend-down',
    severity: 'critical',
    title: `${key} is down`,
    sentence: `HAProxy cannot reach ${key}.`,
    since: 1_000_000,
    flaps: 0,
    actions: [],
    ...more,
  }
}
