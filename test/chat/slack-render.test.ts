import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clip, escapeText, line, lines, typedText } from '../../src/chat/slack/escape.ts'
import { type Rendered, renderAnswer, renderCard } from '../../src/chat/slack/render.ts'
import { checkBlocks, checkLength } from '../chat-servers/slack/blocks.ts'
import { anyCard, table, words } from './arbitrary-cards.ts'
import { cardOf, hostileCard, longPlanCard, waitingCard } from './example-cards.ts'

/** What stands in blocks as text. */
function stringsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === 'text' && typeof inner === 'string' ? [inner] : stringsOf(inner)))
}

const bare = (text: string): string => text.replaceAll(/\s/g, '')

/** All that a person can read of it, without white space. */
function readable({ message, files }: Rendered): string[] {
  return [bare(stringsOf(message.blocks).join('')), ...files.map(({ text }) => bare(text))]
}

function expectWithinLimits({ message, files }: Rendered): void {
  checkBlocks(message.blocks)
  checkLength(message.blocks)
  expect(message.blocks.length).toBeGreaterThan(0)
  expect(message.text.length).toBeLessThanOrEqual(4000)
  expect(message.text.length).toBeGreaterThan(0)
  for (const text of [message.text, ...stringsOf(message.blocks)]) expect(text.isWellFormed()).toBe(true)
  for (const { name, text } of files) {
    expect(name).toMatch(/^[^/\\]{1,150}$/u)
    expect(text).not.toBe('')
  }
}

describe('any card', () => {
  test('is within Slack’s limits', () => {
    fc.assert(
      fc.property(anyCard, (card) => expectWithinLimits(renderCard(card))),
      { numRuns: 150 },
    )
  })

  test('is cut nowhere without saying so: all of it is in the message or in a file', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        const places = readable(renderCard(card))
        const parts = [line(card.title), lines(card.text ?? ''), ...card.steps.flatMap(({ title, detail }) => [line(title), lines(detail)])]
        for (const part of [...parts, ...card.fields.flatMap(({ name, value }) => [line(name), lines(value)])]) {
          expect(places.some((place) => place.includes(bare(part)))).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('never shows what a client would obey', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        const { message } = renderCard(card)
        expect(message.text).not.toMatch(/[<>]/)
        expect(JSON.stringify(message.blocks)).not.toContain('mrkdwn')
        expect(stringsOf(message.blocks.filter(({ type }) => type !== 'actions')).join('')).not.toMatch(/[\u202e\u200b]/)
      }),
      { numRuns: 100 },
    )
  })
})

test('any answer is within Slack’s limits, and what does not fit is in its file', () => {
  const anyAnswer = fc.record(
    { title: words, text: words, fields: fc.array(fc.record({ name: words, value: words }), { maxLength: 60 }), table },
    { requiredKeys: ['title'] },
  )
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      const { text, fields, table: rows, title } = answer
      const rendered = renderAnswer({
        title,
        ...(text !== undefined && { text }),
        ...(fields !== undefined && { fields }),
        ...(rows !== undefined && { table: rows }),
      })
      expectWithinLimits(rendered)
      expect(readable(rendered).some((place) => place.includes(bare(lines(text ?? ''))))).toBe(true)
    }),
    { numRuns: 150 },
  )
})

describe('a card', () => {
  test('says first how it stands', () => {
    const { blocks } = renderCard(waitingCard()).message
    expect(blocks[0]).toMatchObject({ type: 'header', text: { text: '⏳ Create the jail blog' } })
    expect(blocks[1]).toMatchObject({ type: 'context', elements: [{ text: 'waiting for approval' }] })
  })

  test('its buttons carry what they mean, and are rows of 25', () => {
    const [first] = waitingCard().buttons
    const buttons = Array.from({ length: 30 }, () => first ?? expect.fail())
    const rows = renderCard(waitingCard({ buttons })).message.blocks.filter((block) => block.type === 'actions')
    expect(rows.map(({ elements }) => elements.length)).toSatisfy((counts: number[]) => counts.every((count) => count <= 25))
    expect(rows[0]?.elements[0]).toMatchObject({ value: JSON.stringify(first?.press), style: 'primary' })
  })

  test('names the plan’s file and how many steps are only there', () => {
    const card = longPlanCard('r1')
    const plan = card.steps.map(({ title, detail }) => `${title}\n${detail}\n`).join('')
    const { message, files } = renderCard({ ...card, files: [{ name: 'plan.txt', text: plan }] })
    expect(stringsOf(message.blocks).join('\n')).toMatch(/… and \d+ more steps: see plan\.txt/)
    expect(files.map(({ name }) => name)).toEqual(['plan.txt'])
  })

  test('makes a file of its own where the steps are in none', () => {
    const { files } = renderCard({ ...longPlanCard('r1'), state: 'done', files: [] })
    expect(files.map(({ name }) => name)).toEqual(['card-r1.txt'])
    expect(files[0]?.text).toContain('Step number 119 of many')
  })

  test('hangs its files on only while somebody must decide', () => {
    const files = [{ name: 'plan.txt', text: 'all of it\n' }]
    expect(renderCard(cardOf('r1', { state: 'waiting', files })).files).toEqual(files)
    expect(renderCard(cardOf('r1', { state: 'running', files })).files).toEqual([])
  })

  test('shows what people wrote as letters', () => {
    const { message } = renderCard(hostileCard('r1'))
    expect(message.text).toContain('&lt;!channel&gt;')
    expect(JSON.stringify(message.blocks)).not.toContain('"emoji":true')
  })
})

test.each([
  ['proxy add <http://blog.example.com|blog.example.com>', 'proxy add blog.example.com'],
  ['say &lt;b&gt; &amp;amp;', 'say <b> &amp;'],
  ['mail <mailto:a@b.c|a@b.c>', 'mail a@b.c'],
  ['see <https://x.example/y>', 'see https://x.example/y'],
  ['  jail list ', 'jail list'],
])('what Slack made of typed words is undone: %s', (text, typed) => expect(typedText(text)).toBe(typed))

test('escapes exactly & < >, and never cuts a character in half', () => {
  expect(escapeText('<!here> & *b*')).toBe('&lt;!here&gt; &amp; *b*')
  expect(clip('😀😀', 3)).toBe('😀…')
  expect(clip('😀😀', 2)).toBe('…')
})
