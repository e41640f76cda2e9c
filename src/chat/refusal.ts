import { toJailopsError, type ReasonCode } from '../core/errors.ts'

const nothingDone: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['store_unavailable', 'store_full', 'stored_too_late'])

/** What a person is told when the door did not take what was said. Never claims that nothing was done where that is a guess. */
export function sentenceOfRefusal(error: unknown): string {
  const { code, message } = toJailopsError(error)
  if (nothingDone.has(code)) return /nothing was done/i.test(message) ? message : `${message} Nothing was done.`
  if (code === 'internal') return `${message} Whether it was stored is not known; sending it again is safe: it runs once.`
  return message
}
