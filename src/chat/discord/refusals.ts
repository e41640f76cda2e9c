import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import { JailopsError } from '../../core/errors.ts'
import type { Verdict } from '../outbox.ts'

/** Discord's own numbers for what it does not do. */
export const codes = {
  unknownChannel: 10003,
  unknownGuild: 10004,
  unknownMessage: 10008,
  unknownInteraction: 10062,
  alreadyAnswered: 40060,
  missingAccess: 50001,
  missingPermissions: 50013,
  archivedThread: 50083,
  lockedThread: 160005,
} as const

const closed: ReadonlySet<unknown> = new Set([
  codes.unknownChannel,
  codes.missingAccess,
  codes.missingPermissions,
  codes.archivedThread,
  codes.lockedThread,
])
const tokenRefusedMilliseconds = 60_000
const longestPauseMilliseconds = 30_000
/** A rate limit is over a moment later on Discord's clock than on ours. */
const marginMilliseconds = 25

export function codeOf(error: unknown): number | string | undefined {
  return error instanceof DiscordAPIError ? error.code : undefined
}

/** Whether the place will take no message of ours until somebody changes that. */
export function isClosed(error: unknown): boolean {
  return closed.has(codeOf(error))
}

/** What to do about a place that is closed to us. */
export function wayIn(error: unknown): string {
  const code = codeOf(error)
  if (code === codes.lockedThread || code === codes.archivedThread) {
    return 'This thread is archived or locked, so I cannot write in it. Open it again, or say it in a channel.'
  }
  const permissions = 'View Channel, Send Messages (in threads: Send Messages in Threads), Embed Links and Attach Files'
  return `I may not write in this channel. Give the bot these permissions here: ${permissions}.`
}

/** What a failed call means for the outbox: rate limits and outages are waited out. */
export function judge(error: unknown, attempt: number): Verdict {
  if (error instanceof RateLimitError) return { againInMilliseconds: Math.max(0, error.retryAfter) + marginMilliseconds }
  if (error instanceof DiscordAPIError) return error.status === 401 ? { againInMilliseconds: tokenRefusedMilliseconds } : 'final'
  if (!isOutage(error)) return 'final'
  return { againInMilliseconds: Math.min(longestPauseMilliseconds, 250 * 2 ** attempt) }
}

/** The network or Discord itself, and nothing that we said. */
export function isOutage(error: unknown): boolean {
  if (error instanceof HTTPError) return error.status >= 500
  if (error instanceof DiscordAPIError || error instanceof JailopsError || !(error instanceof Error)) return false
  return (
    error.name === 'AbortError' || ('code' in error && typeof error.code === 'string') || /ECONN|socket|fetch failed/i.test(error.message)
  )
}

/** What is thrown where Discord will never take it; other errors as they are. */
export function cannotShow(error: unknown): unknown {
  if (!(error instanceof DiscordAPIError) || error.status === 401) return error
  return new JailopsError('cannot_show', `Discord does not take this message: ${error.message.split('\n')[0]}.`, { cause: error })
}
