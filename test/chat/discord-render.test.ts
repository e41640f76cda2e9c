import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Card } from '../../src/core/card.ts'
import { codeLines, markdownWithin, plainWithin } from '../../src/chat/discord/escape.ts'
import { pressOfId } from '../../src/chat/discord/press-id.ts'
import { renderAnswer, renderCard } from '../../src/chat/discord/render.ts'
import { visibleLines } from '../../src/chat/visible.ts'
import { messageFormSchema } from '../chat-servers/discord/message-form.ts'
import { anyCard, table, words } from './arbitrary-cards.ts'
import { cardOf, hostileCard, longPlanCard, waitingCard } from './example-cards.ts'

function descriptionOf(card: Card): string {
  return renderCard(card).message.embeds[0]?.description ?? ''
}

describe('escaping', () => {
  test('gives back what was written, whatever Discord would have obeyed of it', () => {
    fc.assert(
      fc.property(words, (text) => {
        const { text: written, isWhole } = markdownWithin(text, Infinity)
        const back = written.replace(/\\([^0-9A-Za-z\s])|`([^`]*)`/g, '$1$2')
        expect(isWhole).toBe(true)
        expect(back).toBe(visibleLines(text.toWellFormed()).join('\n').trim())
      }),
    )
  })

  test.each([
    ['@everyone', '\\@everyone'],
    ['<@&1>', '\\<\\@&1\\>'],
    ['see https://a.example/b_c now', 'see `https://a.example/b_c` now'],
    ['[x](javascript:y)', '\\[x\\](javascript\\:y)'],
    ['- a\n  + b\n12. c', '\\- a\n  \\+ b\n12\\. c'],
    ['# h\n> q', '\\# h\n\\> q'],
    ['||s|| :smile: <t:1:R>', '\\|\\|s\\|\\| \\:smile\\: \\<t\\:1\\:R\\>'],
    ['a-b 1.5', 'a-b 1.5'],
    ['gnp\u202etxt', 'gnp\\\\u202etxt'],
  ])('%j is written %j', (text, written) => {
    expect(markdownWithin(text, Infinity).text).toBe(written)
  })

  test('cuts within its limit, never a character or an escape in two', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 300 }), (text, most) => {
        for (const fitted of [markdownWithin(text, most), plainWithin(text, most)]) {
          expect(fitted.text.length).toBeLessThanOrEqual(most)
          expect(fitted.text.isWellFormed()).toBe(true)
          expect(fitted.isWhole || fitted.text.endsWith('…')).toBe(true)
        }
        expect(markdownWithin(text, most).text.replace(/\\[^0-9A-Za-z\s]/g, '')).not.toMatch(/\\$/)
      }),
    )
  })
})

describe('a card', () => {
  test('whatever is in it, Discord takes it, with whole fences and files that it takes', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        const { message, files } = renderCard(card)
        messageFormSchema.parse(message)
        expect(message.allowed_mentions).toEqual({ parse: [] })
        expect((message.embeds[0]?.description ?? '').replace(/\\`/g, '').match(/```/g)?.length ?? 0).toSatisfy(
          (fences: number) => fences % 2 === 0,
        )
        expect(files.length).toBeLessThanOrEqual(10)
        expect(new Set(files.map(({ name }) => name)).size).toBe(files.length)
        for (const file of files) {
          expect(file.name).toMatch(/^[A-Za-z0-9-][A-Za-z0-9._-]{0,79}$/)
          expect(file.text).not.toBe('')
        }
      }),
      { numRuns: 100 },
    )
  })

  test('what is not in the message is in a file that it names', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        const { message, files } = renderCard(card)
        const text = JSON.stringify(message)
        const named = files.filter(({ name }) => text.includes(`see \`${name}\``))
        expect(named).toHaveLength(new Set(text.match(/see `[^`]+`/g)).size)
        const description = message.embeds[0]?.description ?? ''
        const missing = card.steps.filter(({ detail }) => !codeLines(detail).every((line) => description.includes(line)))
        for (const { detail } of missing) {
          const whole = detail.toWellFormed()
          expect(named.some(({ text: of }) => of.includes(whole) || visibleLines(whole).every((line) => of.includes(line)))).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('comes back from its buttons as the press that was offered', () => {
    const { message } = renderCard(waitingCard())
    const presses = message.components.flatMap(({ components }) => components.map((button) => pressOfId(button.custom_id)))
    expect(presses).toEqual(waitingCard().buttons.map(({ press: offered }) => offered))
  })

  test('says its state first, in its colour', () => {
    const { message } = renderCard(cardOf('r1', { state: 'failed', reason: 'step_failed' }))
    expect(message.embeds[0]?.author?.name).toBe('❌ Failed (step_failed)')
    expect(message.embeds[0]?.color).not.toBe(renderCard(cardOf('r1', { state: 'done' })).message.embeds[0]?.color)
  })

  test('has its files while it waits, and no more when all is in the message', () => {
    const files = [{ name: 'plan-r1.txt', text: 'tar\nservice' }]
    expect(renderCard(waitingCard({ files })).files).toEqual(files)
    expect(renderCard(waitingCard({ files, state: 'running' })).files).toEqual([])
  })

  test('names the plan’s file for the steps that do not fit, and shows those about the one at work', () => {
    const card = longPlanCard('r1')
    const steps = card.steps.map((step, index) => ({
      ...step,
      state: index < 100 ? ('done' as const) : index === 100 ? ('running' as const) : step.state,
    }))
    const text = descriptionOf({ ...card, steps, state: 'running' })
    expect(text).toContain('✓ Step number 99 of many')
    expect(text).toContain('… Step number 100 of many')
    expect(text).toMatch(/… and \d+ more steps \(\d+ ✓.*\): see `plan\.txt`/)
    expect(renderCard({ ...card, steps, state: 'running' }).files.map(({ name }) => name)).toEqual(['plan.txt'])
  })

  test('obeys nothing that people wrote', () => {
    const text = JSON.stringify(renderCard(hostileCard('r1')).message.embeds[0]?.description?.replace(/```[^]*?```/g, '') ?? '')
    expect(text).not.toMatch(/(?<!\\)(@everyone|<@|\]\()/)
  })

  test('a file beyond what Discord takes is cut into parts, and beyond all parts the message says so', () => {
    const { files, message } = renderCard(cardOf('r1', { state: 'waiting', files: [{ name: 'out.txt', text: 'é'.repeat(20_000_000) }] }))
    for (const { text } of files) expect(Buffer.byteLength(text)).toBeLessThan(10 * 1024 * 1024)
    expect(files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)).toBeLessThan(25 * 1024 * 1024)
    expect(message.embeds[0]?.description).toContain('Discord takes no more')
  })
})

test('an answer is taken too, whatever is in it', () => {
  const answer = fc.record(
    { title: words, text: words, fields: fc.array(fc.record({ name: words, value: words }), { maxLength: 40 }), table },
    { requiredKeys: ['title'] },
  )
  fc.assert(
    fc.property(answer, (given) => {
      const { message, files } = renderAnswer(given)
      messageFormSchema.parse(message)
      const description = message.embeds[0]?.description ?? ''
      expect(files.map(({ name }) => name)).toEqual(description.endsWith('see `answer.txt`') ? ['answer.txt'] : [])
    }),
    { numRuns: 100 },
  )
})
