import { z } from 'zod'
import { type Alert, alertSchema, type AlertThresholds } from '../../core/alert.ts'
import { type Cause, causesOf, errorsKey, type ProxySeen } from './alert-causes.ts'

/** What is to be kept from one look to the next, and over a restart of the worker: of each key. */
const keptSchema = z.strictObject({
  alert: alertSchema,
  /** It is told of; false: not yet, or not any more. */
  isOn: z.boolean(),
  /** It was told of before, perhaps long ago, and came and went since. */
  wasTold: z.boolean(),
  /** Since when it is so without a break. */
  wrongSince: z.number().optional(),
  /** Since when it is not so any more; after a while it is over. */
  calmSince: z.number().optional(),
  /** When it came again, within the last hour. */
  cameAgain: z.array(z.number()),
  size: z.number().optional(),
})
export const alertMemorySchema = z.array(keptSchema)
export type AlertMemory = z.infer<typeof alertMemorySchema>
type Kept = AlertMemory[number]

const hour = 3600_000
const shortestCalm = 10_000
const longestCalm = 600_000

/** All that is wrong now, by what is seen, what is worth telling, and what was told before. */
export function alertsNow(seen: ProxySeen, thresholds: AlertThresholds, before: AlertMemory): { alerts: Alert[]; memory: AlertMemory } {
  const known = new Map(before.map((kept) => [kept.alert.key, kept]))
  const causes = causesOf(seen, thresholds, (key) => known.get(key)?.isOn === true)
  const wrong = causes.map((cause) => stillWrong(cause, known.get(cause.key), seen.at))
  const keys = new Set(causes.map(({ key }) => key))
  const others = before.filter(({ alert }) => !keys.has(alert.key))
  const memory = [...wrong, ...others.flatMap((kept) => (isUnknown(kept, seen) ? [kept] : calmer(kept, seen.at)))]
  const alerts = memory.filter(({ isOn }) => isOn).map(({ alert }) => alert)
  return { alerts: alerts.toSorted((a, b) => a.since - b.since || a.key.localeCompare(b.key)), memory }
}

function stillWrong(cause: Cause, before: Kept | undefined, at: number): Kept {
  const { afterMilliseconds, knownSince = at, size, ...rest } = cause
  const wrongSince = Math.min(before?.wrongSince ?? at, knownSince)
  const isAgain = before?.calmSince !== undefined
  const cameAgain = [...(before?.cameAgain ?? []), ...(isAgain ? [at] : [])].filter((when) => when > at - hour)
  const isOn = before?.isOn === true || at - wrongSince >= afterMilliseconds
  const wasTold = before?.wasTold === true
  const isSaid = before?.isOn === true && size !== undefined && size < (before.size ?? 0) * 1.5
  const said = isSaid ? before.alert : rest
  return {
    // one that came and went keeps when it first came
    alert: { ...said, since: wasTold ? before.alert.since : wrongSince, flaps: cameAgain.length },
    isOn,
    wasTold: wasTold || isOn,
    wrongSince,
    cameAgain,
    ...(size !== undefined && { size: isSaid ? before.size : size }),
  }
}

/** The more often it came again, the longer it must be gone until that is believed. */
function calmer(kept: Kept, at: number): Kept[] {
  const { wrongSince: _over, ...rest } = kept
  const calmSince = kept.calmSince ?? at
  const cameAgain = kept.cameAgain.filter((when) => when > at - hour)
  const isOver = at - calmSince >= Math.min(shortestCalm * 2 ** cameAgain.length, longestCalm)
  // what was never told of leaves nothing behind
  if (!kept.wasTold || at - calmSince > hour) return []
  return [{ ...rest, isOn: kept.isOn && !isOver, calmSince, cameAgain }]
}

/** Of a proxy that does not answer nobody knows whether its backends are well; nor of a backend that is down, how it would answer. */
function isUnknown({ alert: { kind, key } }: Kept, { backends }: ProxySeen): boolean {
  if (kind === 'errors') return backends === undefined || backends.down.some(({ name }) => key === errorsKey(name))
  return backends === undefined && kind === 'backend-down'
}
