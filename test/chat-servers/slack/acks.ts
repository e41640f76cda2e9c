import type { KnownBlock } from '@slack/types'
import { z } from 'zod'
import { checkBlocks, checkView } from './blocks.ts'
import type { Delivered } from './interface.ts'
import { Refusal } from './refusal.ts'
import type { Screen, Views } from './views.ts'
import { bot, type Channel, type World } from './world.ts'

/** What an acknowledgement, or a call of a response_url, may say as a message. */
export const saidSchema = z.looseObject({
  text: z.string().optional(),
  blocks: z.array(z.unknown()).optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  thread_ts: z.string().optional(),
})

const responseActionSchema = z.discriminatedUnion('response_action', [
  z.looseObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.looseObject({ response_action: z.literal('update'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('push'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('clear') }),
])

/** Does what the app's acknowledgements ask for. */
export class AckReader {
  readonly #world: World
  readonly #views: Views

  constructor(world: World, views: Views) {
    this.#world = world
    this.#views = views
  }

  /** Text or blocks become a message that only the person sees, or all in the channel. */
  ofSlash(delivered: Delivered, channel: Channel, user: string): Delivered {
    if (delivered.payload === undefined) return delivered
    return this.#use(delivered, () => {
      const { payload } = delivered
      const { text, blocks, response_type } = saidSchema.parse(typeof payload === 'string' ? { text: payload } : payload)
      this.say({ channel, user, text, blocks, isForAll: response_type === 'in_channel' })
    })
  }

  /** Nothing closes the view; `errors` stay on it. Without an acknowledgement it stays open. */
  ofSubmission(delivered: Delivered, screen: Screen): Delivered {
    if (delivered.error !== undefined) return delivered
    return this.#use(delivered, () => {
      if (delivered.payload === undefined) return this.#views.close(screen)
      const action = responseActionSchema.parse(delivered.payload)
      switch (action.response_action) {
        case 'errors':
          return this.#views.setErrors(screen, action.errors)
        case 'update':
          return void this.#views.update({ viewId: screen.id }, checkView(action.view))
        case 'push':
          return void this.#views.push(screen.user, checkView(action.view))
        case 'clear':
          return this.#views.close(screen, true)
      }
    })
  }

  say(options: {
    channel: Channel
    user: string
    text?: string | undefined
    blocks?: unknown
    isForAll: boolean
    threadTs?: string | undefined
  }): void {
    const { channel, user, text = '', blocks, isForAll, threadTs } = options
    const checked: KnownBlock[] = blocks === undefined ? [] : checkBlocks(blocks)
    if (text === '' && checked.length === 0) return
    this.#world.post({ channel, user: bot.userId, text, blocks: checked, threadTs, ...(!isForAll && { ephemeralTo: user }) })
  }

  #use(delivered: Delivered, use: () => void): Delivered {
    try {
      use()
      return delivered
    } catch (error) {
      if (error instanceof Refusal) return { ...delivered, error: `invalid_response: ${JSON.stringify(error.answer)}` }
      if (error instanceof z.ZodError) return { ...delivered, error: `invalid_response: ${z.prettifyError(error)}` }
      throw error
    }
  }
}
