import { describe, expect, it } from 'vitest'
import { hasEnded, requestStates } from '../../src/core/card.ts'
import { JailopsError, reasonCodes, toJailopsError } from '../../src/core/errors.ts'
import { messageId } from '../../src/core/message.ts'

describe('toJailopsError', () => {
  it('leaves ours as they are', () => {
    const error = new JailopsError('usage', 'No.')
    expect(toJailopsError(error)).toBe(error)
  })

  it.each([new Error('password=secret'), 'secret', undefined])('tells nobody the details of %s, and keeps them for the log', (cause) => {
    const error = toJailopsError(cause)
    expect(error).toMatchObject({ code: 'internal', cause })
    expect(error.message).not.toContain('secret')
  })

  it('has no reason code twice', () => {
    expect(new Set(reasonCodes).size).toBe(reasonCodes.length)
  })
})

describe('request states', () => {
  it('has ended in every state but those on the way', () => {
    expect(requestStates.filter((state) => !hasEnded(state))).toEqual(['stored', 'planning', 'waiting', 'queued', 'running'])
  })
})

describe('messageId', () => {
  it('is nothing that BullMQ takes for a number or splits', () => {
    expect(messageId('r23456789abcdefg', 'plan', 1)).toMatch(/^r[a-z0-9-]+$/)
  })
})
