import { App, type Receiver } from '@slack/bolt'
import type { Logger, WebClientOptions } from '@slack/web-api'
import { z } from 'zod'
import type { Acting } from './acting.ts'
import type { OnProblem } from './clients.ts'
import type { Deliver } from './connection.ts'
import type { Hearing } from './hearing.ts'

export interface DeliveryOptions {
  hearing: Hearing
  acting: Acting
  botToken: string
  logger: Logger
  options: WebClientOptions
  onProblem: OnProblem
}

const bodySchema = z.looseObject({})
const anything = /^/

/** Bolt's App between what comes in and those who hear it. Whatever happens there is an answer, so that everything is acknowledged. */
export function createDelivery({ hearing, acting, botToken, logger, options, onProblem }: DeliveryOptions): Deliver {
  const app = new App({
    receiver: noReceiver,
    // known already: without this Bolt asks auth.test before it hears anything
    authorize: () => Promise.resolve({ botToken }),
    clientOptions: { ...options },
    logger,
    convoStore: false,
    ignoreSelf: false,
  })
  app.error(async (error) => {
    throw error
  })
  // before the listeners: of those, Bolt calls each with everything to see whose it is, and a person waits for this one
  app.use(async (delivered) => {
    if (!('command' in delivered)) return delivered.next()
    const { body, ack } = delivered
    await ack(await hearing.command(body))
  })
  app.event('app_mention', ({ body }) => hearing.mention(body))
  app.shortcut(anything, async ({ body, ack }) => {
    await hearing.shortcut(body)
    await ack()
  })
  app.action({ type: 'block_actions' }, async ({ body, ack }) => {
    await acting.actions(body)
    await ack()
  })
  app.view(anything, async ({ body, ack }) => {
    const answer = await acting.submission(body)
    await (answer === undefined ? ack() : ack(answer))
  })
  app.options(anything, async ({ body, ack }) => ack(await acting.suggestions(body)))

  return async (body, { number, reason }, acknowledge) => {
    let answer: { with: unknown } | undefined
    try {
      await app.processEvent({
        body: bodySchema.parse(body),
        ack: async (payload: unknown) => {
          answer = { with: payload }
          // anything else is kept until all is done: Bolt acknowledges an event before it is stored
          if (isCommand(body)) acknowledge(payload)
        },
        ...(number !== undefined && { retryNum: number }),
        ...(reason !== undefined && { retryReason: reason }),
      })
    } catch (error) {
      onProblem('a delivery of Slack’s could not be dealt with', { error: String(error) })
    }
    if (answer === undefined || !isCommand(body)) acknowledge(answer?.with)
  }
}

function isCommand(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'command' in body
}

/** What Slack delivers is handed to the App by our own inlets. */
const noReceiver: Receiver = { init: () => undefined, start: () => Promise.resolve(), stop: () => Promise.resolve() }
