import { describe, expect, it } from 'vitest'
import { bring } from '../../src/bot/own-message.ts'
import type { ChatAdapter } from '../../src/chat/adapter.ts'
import { cardOf } from '../chat/example-cards.ts'

const place = { platform: 'chat', channel: 'ops' }

/** A chat that writes down what it is told. */
function chat(postsOnce: boolean) {
  const told: string[] = []
  const adapter: ChatAdapter = {
    platform: 'chat',
    traits: { postsOnce, settleMilliseconds: 0, whispersRefusals: false, keepsMessages: true },
    start: async () => undefined,
    identify: async (actor) => actor,
    post: async (_place, { title }, asker) => {
      told.push(`post ${title} for ${asker.platform}`)
      return 'm1'
    },
    edit: async (_place, message, { title }, _asker, whereGone) => {
      told.push(`edit ${message} ${title} ${whereGone}`)
      return message
    },
    whisper: async () => undefined,
    confide: async () => undefined,
    stop: async () => undefined,
  }
  const cards = { card: cardOf('a1', { title: 'blog is down' }), toCome: cardOf('a1', { title: 'Something' }) }
  return {
    told,
    parts: { adapter, place, ...cards, whereGone: 'leave' as const, keep: async (id: string) => void told.push(`keep ${id}`) },
  }
}

describe('a message of the bot’s own', () => {
  it('is posted as it is where the same post twice is one message', async () => {
    const { told, parts } = chat(true)
    expect(await bring({ ...parts, message: undefined })).toBe('m1')
    expect(told).toEqual(['post blog is down for jailops'])
  })

  it('says only what stays true until it is known where it stands, where a post could be forgotten', async () => {
    const { told, parts } = chat(false)
    await bring({ ...parts, message: undefined })
    expect(told).toEqual(['post Something for jailops', 'keep m1', 'edit m1 blog is down leave'])
  })

  it('that stands is edited', async () => {
    const { told, parts } = chat(false)
    await bring({ ...parts, message: 'm0' })
    expect(told).toEqual(['edit m0 blog is down leave'])
  })
})
