import { expect, test } from 'vitest'
import { renderAnswer, renderCard } from '../../src/chat/shell/render.ts'
import { cardOf } from './example-cards.ts'

test('a card reads well in a terminal', () => {
  const card = cardOf('r1abc', {
    state: 'running',
    title: 'Create the jail blog on web1',
    text: 'Approved by bo.',
    fields: [
      { name: 'Host', value: 'web1' },
      { name: 'Address', value: '10.0.0.12' },
    ],
    table: {
      columns: ['Jail', 'State'],
      rows: [
        ['shop', 'running'],
        ['db', ''],
      ],
    },
    steps: [
      { title: 'Unpack', detail: 'tar -xpf base.txz', state: 'done' },
      { title: 'Write', detail: 'write blog.conf\nblog {\n}', state: 'running' },
      { title: 'Start', detail: '', state: 'pending' },
      { title: 'Probe', detail: '', state: 'failed' },
    ],
    files: [{ name: 'plan.txt', text: 'a\nb\n' }],
    footer: '12 ms',
  })
  expect(renderCard(card)).toBe(`Create the jail blog on web1 – running
  Approved by bo.
  Host     web1
  Address  10.0.0.12
  Jail  State
  shop  running
  db
  ✓ Unpack
      tar -xpf base.txz
  … Write
      write blog.conf
      blog {
      }
  · Start
  ✗ Probe
  attached: plan.txt, 2 lines
12 ms
request r1abc
`)
  expect(renderCard(card, { files: 'full' })).toContain('  plan.txt:\n    a\n    b\n')
})

test('a terminal shows what it would obey', () => {
  const text = renderAnswer({ title: 'a\u001b[31m\rb\nc', text: 'one\n\u009b2J\u202Etwo' })
  expect(text).toBe(String.raw`a\u001b[31m\u000db\u000ac
  one
  \u009b2J\u202etwo
`)
})
