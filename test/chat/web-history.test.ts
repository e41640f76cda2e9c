import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHistory } from '../../src/chat/web/history.ts'
import { watchHistory } from '../../src/chat/web/watcher.ts'
import { cardOf } from './example-cards.ts'
import { temporaryFolder } from './folder.ts'

const card = (id: string, title = id) => ({ kind: 'card' as const, id, card: cardOf(id, { title }) })

describe('the channel’s history', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = temporaryFolder()
    file = join(folder, 'below', 'history.json')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('is there again after a restart, each message once and in its place', async () => {
    const first = await openHistory(file, () => 5)
    first.put(card('r1'))
    first.put({ kind: 'said', id: 'said-r1', person: 'ana', text: 'jail list' }, { before: 'r1' })
    first.put(card('r2'))
    first.put(card('r1', 'edited'))
    await first.flush()
    const again = await openHistory(file, () => 9)
    expect(again.visibleTo('ana').map(({ id, at }) => [id, at])).toEqual([
      ['said-r1', 5],
      ['r1', 5],
      ['r2', 5],
    ])
    expect(again.get('r1')).toMatchObject({ card: { title: 'edited' } })
    again.put(card('r3'))
    expect(again.visibleTo('ana').at(-1)?.id).toBe('r3')
    await again.flush()
    expect(readdirSync(join(folder, 'below'))).toEqual(['history.json'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('keeps the last 300', async () => {
    const history = await openHistory(file, () => 0)
    for (let index = 0; index < 320; index++) history.put(card(`r${index}`))
    expect(history.visibleTo('ana')).toHaveLength(300)
    expect(history.get('r19')).toBeUndefined()
    expect(history.get('r20')).toBeDefined()
    await history.flush()
  })

  test('writes by itself, soon', async () => {
    const history = await openHistory(file, () => 0)
    history.put(card('r1'))
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toContain('r1')
  })

  test('sets aside a file that it cannot read', async () => {
    const history = await openHistory(file, () => 0)
    history.put(card('r1'))
    await history.flush()
    writeFileSync(file, '{"messages":[{"kind":"card"}]}')
    expect((await openHistory(file, () => 0)).visibleTo('ana')).toEqual([])
    expect(readdirSync(join(folder, 'below'))).toEqual(['history.json.unreadable'])
  })

  test('a slow reader gets the latest of each message, and only what is meant for it', async () => {
    const history = await openHistory(file, () => 0)
    const watcher = watchHistory(history, 'ana')
    for (let index = 0; index < 50; index++) history.put(card('r1', `tick ${index}`))
    history.put({ kind: 'answer', id: 'a1', to: 'bo', answer: { title: 'for bo' } })
    expect(await watcher.next(1000)).toMatchObject([{ card: { title: 'tick 49' } }])
    expect(await watcher.next(1)).toEqual([])
    const next = watcher.next(10_000)
    watcher.close()
    expect(await next).toBeUndefined()
    await history.flush()
  })
})
