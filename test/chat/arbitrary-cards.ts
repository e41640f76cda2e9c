import * as fc from 'fast-check'
import { type Card, cardSchema, requestStates, stepStates } from '../../src/core/card.ts'

const hostile = [
  '@everyone',
  '<@&1234567890123456>',
  '<t:1700000000:R>',
  '<:x:123>',
  '[a](http://b.c)',
  'https://evil.example/x?y',
  '```',
  '`',
  '\\',
  '||s||',
  '\n# big\n',
  '\n> q',
  '\n- item\n1. item',
  '-# small',
  '\u202e',
  '\u200b',
  '\u001b[2J',
  '\ud800',
  '😀',
  '*b*',
  '_i_',
  ':tada:',
  '<!channel>',
  '<@U012AB>',
  '&lt;',
  '"',
  '\n',
  '__u__',
  '~~s~~',
]
/** What people may write, and what a platform may obey of it. */
export const words = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 8 })
      .map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\n',
      'x'.repeat(10_000),
      '`'.repeat(3000),
      '😀'.repeat(4000),
      'a\n'.repeat(5000),
      `https://${'u'.repeat(9000)}`,
      '*'.repeat(6000),
      '"'.repeat(6000),
      '\u202e'.repeat(3000),
    ),
  },
)
const press = fc.oneof(
  fc.record({ kind: fc.constantFrom('approve' as const, 'deny' as const), request: words, digest: words }),
  fc.record({ kind: fc.constant('cancel' as const), request: words }),
  fc.record({ kind: fc.constant('approve' as const), request: fc.constantFrom('r1', 'r2'), digest: fc.constant('d'.repeat(64)) }),
)
export const table = fc.record({
  columns: fc.array(words, { maxLength: 4 }),
  rows: fc.array(fc.array(words, { maxLength: 4 }), { maxLength: 12 }),
})
const chart = fc.record({
  title: words,
  unit: words,
  from: fc.integer({ min: 0, max: 4e12 }),
  step: fc.integer({ min: 1, max: 1e8 }),
  series: fc.array(
    fc.record({ name: words, values: fc.array(fc.option(fc.float({ noNaN: true, noDefaultInfinity: true })), { maxLength: 9 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
})
/** Any card at all, within its schema. */
export const anyCard: fc.Arbitrary<Card> = fc
  .record(
    {
      request: words,
      state: fc.constantFrom(...requestStates),
      reason: words,
      title: words,
      text: words,
      fields: fc.array(fc.record({ name: words, value: words }), { maxLength: 40 }),
      table,
      charts: fc.array(chart, { maxLength: 3 }),
      output: words,
      steps: fc.array(fc.record({ title: words, detail: words, state: fc.constantFrom(...stepStates) }), { maxLength: 60 }),
      buttons: fc.array(
        fc.record({ label: words, style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const), press }),
        { maxLength: 60 },
      ),
      files: fc.array(fc.record({ name: words, text: words, isAnswer: fc.constant(true as const) }, { requiredKeys: ['name', 'text'] }), {
        maxLength: 14,
      }),
      footer: words,
    },
    { requiredKeys: ['request', 'state', 'title', 'fields', 'steps', 'buttons', 'files', 'footer'] },
  )
  .map((card) => cardSchema.parse(card))
