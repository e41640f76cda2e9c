import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { HTTPModuleFunctions } from '@slack/bolt'
import type { Logger } from '@slack/web-api'
import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { OnProblem } from './clients.ts'
import type { Deliver } from './connection.ts'
import type { Inlet } from './inlet.ts'

export interface Listen {
  address: string
  /** 0: any free one. */
  port: number
  /** Where Slack's requests are taken: /slack/events. */
  path: string
}

export interface HttpOptions {
  signingSecret: string
  listen: Listen
  logger: Logger
  deliver: Deliver
  onProblem: OnProblem
}

const verificationSchema = z.looseObject({ type: z.literal('url_verification'), challenge: z.string() })
const bodySchema = z.looseObject({ ssl_check: z.string().optional() })

const bodyLimit = 1024 * 1024
const stoppingMilliseconds = 500

/**
 * Slack's requests, signed. With Bolt's own functions but not with its HTTPReceiver, which answers an event before it was stored,
 * leaves what nobody acknowledged hanging, and dies of a body that is `null`.
 */
export function createHttp({ signingSecret, listen, logger, deliver, onProblem }: HttpOptions): Inlet & { url(): string | undefined } {
  if (signingSecret.trim() === '') {
    throw new JailopsError(
      'config_error',
      'bot.slack.signingSecret is empty, so anybody could speak for Slack. Copy it from Basic Information in the app’s settings.',
    )
  }
  let server: Server | undefined

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname !== listen.path) return void response.writeHead(404).end()
    if (request.method !== 'POST') return void response.writeHead(405).end()
    const body = await bodyOf(request, response)
    if (body === undefined) return
    if (bodySchema.safeParse(body).data?.ssl_check === '1') return HTTPModuleFunctions.buildSSLCheckResponse(response)
    const verification = verificationSchema.safeParse(body)
    if (verification.success) return HTTPModuleFunctions.buildUrlVerificationResponse(response, verification.data)
    const number = HTTPModuleFunctions.extractRetryNumFromHTTPRequest(request)
    const reason = HTTPModuleFunctions.extractRetryReasonFromHTTPRequest(request)
    const retry = { ...(number !== undefined && { number }), ...(reason !== undefined && { reason }) }
    await deliver(body, retry, (content) => HTTPModuleFunctions.buildContentResponse(response, content))
  }

  /** @returns undefined where it was refused */
  async function bodyOf(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    try {
      const verified = await HTTPModuleFunctions.parseAndVerifyHTTPRequest({ signingSecret, bodyLimit, logger }, request)
      return parsed(verified, response)
    } catch (error) {
      onProblem('a request that Slack did not sign was refused', { error: error instanceof Error ? error.message : '' })
      response.writeHead(HTTPModuleFunctions.isRawBodyError(error) ? 413 : 401).end()
      return undefined
    }
  }

  function parsed(request: Parameters<typeof HTTPModuleFunctions.parseHTTPRequestBody>[0], response: ServerResponse): unknown {
    try {
      const body: unknown = HTTPModuleFunctions.parseHTTPRequestBody(request)
      if (typeof body === 'object' && body !== null) return body
    } catch {
      // answered as what is no object
    }
    onProblem('Slack sent something that could not be read', { bytes: request.rawBody.length })
    response.writeHead(400).end()
    return undefined
  }

  return {
    url() {
      const address = server?.address()
      return typeof address === 'object' && address !== null ? `http://${listen.address}:${address.port}${listen.path}` : undefined
    },
    async start() {
      const created = createServer((request, response) => {
        answer(request, response).catch((error: unknown) => {
          onProblem('a request of Slack’s failed', { error: String(error) })
          if (!response.headersSent) response.writeHead(500)
          response.end()
        })
      })
      await new Promise<void>((resolve, reject) => {
        const fail = (cause: Error) =>
          reject(
            new JailopsError('config_error', `Slack’s deliveries cannot be taken on ${listen.address}:${listen.port}: ${cause.message}`, {
              cause,
            }),
          )
        created.once('error', fail)
        created.listen(listen.port, listen.address, () => {
          created.removeListener('error', fail)
          resolve()
        })
      })
      server = created
    },
    async stop() {
      const closing = server
      server = undefined
      if (closing === undefined) return
      const closed = new Promise<void>((resolve) => closing.close(() => resolve()))
      closing.closeIdleConnections()
      const cutOff = setTimeout(() => closing.closeAllConnections(), stoppingMilliseconds)
      await closed
      clearTimeout(cutOff)
    },
  }
}
