import { expect, it } from 'vitest'
import list from '../../commands/jail/list.ts'
import type { Card } from '../../src/core/card.ts'
import { renderCard as forDiscord } from '../../src/chat/discord/render.ts'
import { renderCard as forShell } from '../../src/chat/shell/render.ts'
import { renderCard as forSlack } from '../../src/chat/slack/render.ts'
import { answerOf, jail } from './say.ts'

/* A host with 500 jails: what does not fit a message is in its file, whole. */

const jails = Array.from({ length: 500 }, (_, index) =>
  jail({ name: `web-${index}`, manager: 'bastille', tags: [`team-${index % 7}`], address: `10.0.${index >> 8}.${index & 255}` }),
)

function card(): Card {
  const { title, table } = answerOf(list, {}, { jails })
  return {
    request: 'r',
    state: 'done',
    title,
    fields: [],
    ...(table !== undefined && { table }),
    steps: [],
    buttons: [],
    files: [],
    footer: 'r',
  }
}

it.each([
  ['Discord', forDiscord(card()).files, JSON.stringify(forDiscord(card()).message)],
  ['Slack', forSlack(card()).files, JSON.stringify(forSlack(card()).message)],
])('%s shows the first of 500 jails, and all of them in a file', (_, files, message) => {
  expect(message).toContain('500 jails, 500 running')
  expect(message).toContain('web-0 ')
  expect(message).not.toContain('web-499')
  expect(files).toHaveLength(1)
  expect(files[0]?.text.split('\n').filter((line) => line.startsWith('web-'))).toHaveLength(500)
})

it('a shell has all of them', () => {
  expect(forShell(card())).toContain('web-499')
})

it('fewer are shown by a tag, and a table of one manager has no column for it', () => {
  expect(answerOf(list, { tag: 'team-3' }, { jails }).table?.rows).toHaveLength(71)
  expect(answerOf(list, { tag: 'nobody' }, { jails }).title).toBe('No jail has the tag nobody')
  expect(answerOf(list, {}, { jails }).table?.columns).toEqual([
    'jail',
    'state',
    'address',
    'at boot',
    'sites',
    'manager',
    'tags',
    'made by',
  ])
  expect(answerOf(list, {}, { jails: [jail()] }).table?.columns).not.toContain('manager')
})
