import type { DiscordLimits } from './interface.ts'

const minute = 60_000

export const defaultLimits: DiscordLimits = {
  responseMs: 3000,
  tokenMs: 15 * minute,
  heartbeatIntervalMs: 41_250,
  nonceMs: 5 * minute,
  identifiesADay: 1000,
  commandCreatesADay: 200,
  privilegedIntents: 0,
  rates: false,
  keptMessagesPerChannel: 500,
  keptFileBytesPerChannel: 64 * 1024 * 1024,
  keptCalls: 2000,
  keptInteractions: 2000,
}

/** Limits of the wire, which nobody may change. Characters are counted as JavaScript does, which is never laxer than Discord. */
export const fileBytes = 10 * 1024 * 1024
export const requestBytes = 25 * 1024 * 1024
export const filesAMessage = 10
