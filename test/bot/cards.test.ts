import { expect, it } from 'vitest'
import { cardAbout, cardOf } from '../../src/bot/cards.ts'
import { cardSchema, hasEnded, requestStates } from '../../src/core/card.ts'
import { planningRecord, recordOf, request, thePlan, vote, theDigest } from './records.ts'

const buttons = (record: Parameters<typeof cardOf>[0]) => cardOf(record).buttons.map(({ press }) => press)

it.each(requestStates)('%s: fits its schema, and has buttons only while they can do something', (state) => {
  const card = cardOf(recordOf({ state }))

  expect(cardSchema.parse(card)).toEqual(card)
  const kinds = card.buttons.map(({ press }) => press.kind)
  expect(kinds).toEqual(state === 'waiting' ? ['approve', 'deny', 'cancel'] : hasEnded(state) ? [] : ['cancel'])
})

it.each(requestStates)('%s: says "nothing has been done" only while it waits', (state) => {
  expect(/nothing has been done/i.test(cardOf(recordOf({ state })).text ?? '')).toBe(state === 'waiting')
})

it('buttons carry the digest that is shown, and go once it is cancelled', () => {
  expect(buttons(recordOf())[0]).toEqual({ kind: 'approve', request, digest: theDigest })
  expect(buttons(recordOf({ state: 'running', cancelRequested: true }))).toEqual([])
  expect(buttons(planningRecord())).toEqual([{ kind: 'cancel', request }])
})

it('the plan goes with it whole, as a file', () => {
  const [file] = cardOf(recordOf()).files
  const content = thePlan.steps[1]?.action
  expect(file?.name).toBe(`plan-${request}.txt`)
  expect(file?.text.split('\n').filter((line) => line === '   | x')).toHaveLength(3000)
  expect([file?.text.includes('no undo: said is said'), content?.kind]).toEqual([true, 'run'])
  expect(cardOf(planningRecord()).files).toEqual([])
})

it('an answer comes with its charts and its file', () => {
  const charts = [{ title: 'Requests', unit: 'requests/s', from: 0, step: 60_000, series: [{ name: 'requests', values: [1] }] }]
  const answer = { title: '1 site', charts, files: [{ name: 'sites.json', text: '[]\n' }] }

  const card = cardOf(recordOf({ state: 'done', answer }))

  expect(card.charts).toEqual(charts)
  expect(card.files.at(-1)).toEqual({ name: 'sites.json', text: '[]\n', isAnswer: true })
})

it('steps say what they do, and what has no undo, before anybody approves', () => {
  expect(cardOf(recordOf()).steps).toMatchObject([
    { title: 'Make it', state: 'pending', detail: 'make folder /x (mode 755)' },
    { title: 'Say it', detail: expect.stringContaining('no undo: said is said') },
  ])
})

it('only votes on the plan that stands are shown', () => {
  const votes = [vote('bo', 'yes', 'd0'), vote('cy')]
  const { fields } = cardOf(recordOf({ approval: { needed: 2, expiresAt: 300_000, votes } }))
  expect(fields).toContainEqual({ name: 'Approved by', value: 'cy' })
  expect(cardOf(recordOf({ approval: { needed: 2, expiresAt: 300_000, votes } })).text).toContain('1 approval by somebody else')
})

it('a card about another shows its state, without its buttons', () => {
  const about = cardAbout(recordOf({ id: 'rbbbbbbbbbbbbbbb', state: 'done' }), cardOf(recordOf()))
  expect(about).toMatchObject({ request: 'rbbbbbbbbbbbbbbb', state: 'done', about: { request, state: 'waiting' }, buttons: [] })
})

it('what was printed stands on the card, or in a file where it is long; and nothing is said to be just that', () => {
  const short = cardOf(recordOf({ state: 'done', output: 'ok' }))
  expect([short.output, short.files.length]).toEqual(['ok', 1])
  const long = cardOf(recordOf({ state: 'failed', output: 'line\n'.repeat(50).trimEnd() }))
  expect(long.output).toBeUndefined()
  expect(long.files.slice(1)).toEqual([{ name: `output-${request}.txt`, text: 'line\n'.repeat(50), isAnswer: true }])
  expect(long.text).toContain(`What it printed is in output-${request}.txt (50 lines).`)
  expect(cardOf(recordOf({ state: 'done', output: '' })).text).toContain('It printed nothing.')
  expect(cardOf(recordOf({ state: 'done' })).text).not.toContain('printed')
})
