import { type FetchFunction, LogLevel, type Logger, WebClient, type WebClientOptions } from '@slack/web-api'

export type OnProblem = (what: string, details: Record<string, unknown>) => void

export interface Clients {
  /** What people wait for: modals, what only they see. Never behind a rate limit of the others. */
  interactive: WebClient
  /** Cards and files. Rate limits and outages are waited out by the outbox. */
  bulk: WebClient
  /** Who somebody is. */
  people: WebClient
  /** What every other client of Slack's libraries should be made with. */
  options: WebClientOptions
  fetch: FetchFunction
  /** Ends what is under way. */
  stop(): void
}

/** Clients of their own for each kind of call: a 429 pauses the whole WebClient that got it. */
export function createClients({ botToken, apiUrl, logger }: { botToken: string; apiUrl: string; logger: Logger }): Clients {
  const stopping = new AbortController()
  const fetchUntilStopped: FetchFunction = (url, init = {}) => {
    const signals = init.signal === undefined ? [stopping.signal] : [stopping.signal, init.signal]
    return fetch(url, { ...init, signal: AbortSignal.any(signals) })
  }
  const options: WebClientOptions = {
    slackApiUrl: apiUrl,
    logger,
    fetch: fetchUntilStopped,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: 10_000,
  }
  const client = () => new WebClient(botToken, { ...options })
  return { interactive: client(), bulk: client(), people: client(), options, fetch: fetchUntilStopped, stop: () => stopping.abort() }
}

const nothing = () => undefined

/** Slack's libraries speak to our log: only of what went wrong, and never of tokens. */
export function createLogger(onProblem: OnProblem): Logger {
  const say =
    (level: string) =>
    (...words: unknown[]) =>
      onProblem('a Slack library', { level, says: withoutTokens(words.map(String).join(' ')) })
  return {
    debug: nothing,
    info: nothing,
    warn: say('warning'),
    error: say('error'),
    setLevel: nothing,
    getLevel: () => LogLevel.WARN,
    setName: nothing,
  }
}

export function withoutTokens(text: string): string {
  return text.replaceAll(/xox[a-z]-[\w-]+|xapp-[\w-]+/g, '[token]').slice(0, 1000)
}
