import { pino } from 'pino'

export interface Log {
  info(details: Record<string, unknown>, what: string): void
  warn(details: Record<string, unknown>, what: string): void
  error(details: Record<string, unknown>, what: string): void
  /** From now on this text, and what it is in base64, never reaches the log. */
  hide(secret: string): void
}

/** One JSON line an event, to stderr: whoever started us says where that goes. Secrets are taken out at the sink, wherever they came from. */
export function createLog(who: string, write: (line: string) => void = (line) => void process.stderr.write(line)): Log {
  const secrets = new Set<string>()
  const clean = (line: string) => [...secrets].reduce((text, secret) => text.replaceAll(secret, '[hidden]'), line)
  const log = pino({ base: { name: who } }, { write: (line: string) => write(clean(line)) })
  return {
    info: (details, what) => log.info(details, what),
    warn: (details, what) => log.warn(details, what),
    error: (details, what) => log.error(details, what),
    hide(secret) {
      if (secret.length < 4) return
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
        secrets.add(JSON.stringify(form).slice(1, -1))
    },
  }
}

/** The password in an address of Redis, if there is one. */
export function hidePassword(log: Log, address: unknown): void {
  if (typeof address === 'string' && URL.canParse(address)) log.hide(decodeURIComponent(new URL(address).password))
}

/** The same log; every line says this as well. */
export function withDetails(log: Log, always: Record<string, unknown>): Log {
  return {
    info: (details, what) => log.info({ ...always, ...details }, what),
    warn: (details, what) => log.warn({ ...always, ...details }, what),
    error: (details, what) => log.error({ ...always, ...details }, what),
    hide: (secret) => log.hide(secret),
  }
}
