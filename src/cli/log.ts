import { pino } from 'pino'

export interface Log {
  info(details: Record<string, unknown>, what: string): void
  warn(details: Record<string, unknown>, what: string): void
  error(details: Record<string, unknown>, what: string): void
}

/** One JSON line an event, to stderr: whoever started us says where that goes. */
export function createLog(who: string): Log {
  return pino(
    { name: who, base: { name: who }, redact: ['password', 'token', 'key', '*.password', '*.token', '*.key'] },
    pino.destination({ dest: 2, sync: true }),
  )
}
