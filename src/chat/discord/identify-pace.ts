import { setTimeout as delay } from 'node:timers/promises'
import type { IIdentifyThrottler } from 'discord.js'
import type { Clock } from '../../core/clock.ts'

const hour = 3_600_000
/** Discord lets one identify pass in five seconds. */
const shortestMilliseconds = 5000
const longestMilliseconds = 5 * 60_000

/** How long before the next identify, given when the last ones were. Discord resets the token of a bot that identifies 1000 times a day. */
export function pauseBeforeIdentify(times: readonly number[], now: number): number {
  const recent = times.filter((time) => time > now - hour)
  const last = recent.at(-1)
  if (last === undefined) return 0
  return Math.max(0, last + Math.min(longestMilliseconds, shortestMilliseconds * 2 ** (recent.length - 1)) - now)
}

/** In place of discord.js's own, which would use up a day's identifies in an hour and a half. */
export function createIdentifyPace(now: Clock): IIdentifyThrottler {
  const times: number[] = []
  return {
    async waitForIdentify(_shard, signal) {
      const pause = pauseBeforeIdentify(times, now())
      if (pause > 0) await delay(pause, undefined, { signal })
      times.push(now())
      if (times.length > 50) times.shift()
    },
  }
}
