import { createHmac, randomUUID } from 'node:crypto'
import { timeout, type Answer, type Envelope, type Retry, type Transport } from './delivery.ts'
import { verificationToken } from './payloads.ts'

interface Options {
  url: string
  signingSecret: string
  now(): number
}

/** Slack's deliveries as signed HTTP requests. */
export class SignedHttp implements Transport {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  get url(): string {
    return this.#options.url
  }

  async send({ kind, payload }: Envelope, withinMs: number, retry?: Retry): Promise<Answer> {
    const form =
      kind === 'slash_commands'
        ? new URLSearchParams(payload as Record<string, string>)
        : new URLSearchParams({ payload: JSON.stringify(payload) })
    const [body, type] =
      kind === 'events_api' ? [JSON.stringify(payload), 'application/json'] : [form.toString(), 'application/x-www-form-urlencoded']
    const retryHeaders = retry && { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason }
    return this.#post(body, { 'content-type': type, ...retryHeaders }, withinMs)
  }

  retryReason({ error }: Answer): Retry['reason'] {
    return error === timeout ? 'http_timeout' : 'http_error'
  }

  /** The url_verification handshake. */
  async verify(withinMs: number): Promise<boolean> {
    const challenge = randomUUID()
    const body = JSON.stringify({ token: verificationToken, challenge, type: 'url_verification' })
    const answer = await this.#post(body, { 'content-type': 'application/json' }, withinMs)
    if (answer.error !== undefined) return false
    return (
      answer.payload === challenge || (typeof answer.payload === 'object' && Reflect.get(answer.payload ?? {}, 'challenge') === challenge)
    )
  }

  async #post(body: string, headers: Record<string, string>, withinMs: number): Promise<Answer> {
    const { url, signingSecret, now } = this.#options
    const timestamp = String(Math.floor(now() / 1000))
    const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          accept: '*/*',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${signature}`,
          ...headers,
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(withinMs),
      })
      const text = await response.text()
      if (response.status !== 200) return { error: 'dispatch_failed' }
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
      return { payload: text === '' ? undefined : isJson ? JSON.parse(text) : text }
    } catch (error) {
      return { error: error instanceof Error && error.name === 'TimeoutError' ? timeout : 'dispatch_failed' }
    }
  }
}
