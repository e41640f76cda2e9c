import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ToHost } from '../../src/core/message.ts'
import type { JournalFolder } from '../../src/worker/journal.ts'
import { createRetention } from '../../src/worker/retention.ts'
import { temporaryJournals } from './worker-bench.ts'

const question: ToHost = { kind: 'query', command: 'jail list', args: {}, definition: 'd', person: 'ana' }
const change: ToHost = {
  kind: 'plan',
  granted: [],
  command: 'jail stop',
  args: {},
  definition: 'd',
  person: 'ana',
  execute: true,
  dryRun: false,
  reserveUntil: 0,
}
const request = 'rabcdefghjkmnpqr'
const minute = 60_000
const day = 24 * 60 * minute

let folder: string
let time: number
let journals: JournalFolder

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retention-'))
  time = 0
  journals = await temporaryJournals(folder, () => time)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function ended(body: ToHost, { sent }: { sent: boolean }) {
  const journal = await journals.open(request)
  await journal.append({
    kind: 'message',
    hash: 'h',
    message: { id: `${request}-1`, request, host: 'demo', issuedAt: 0, expiresAt: 1, body },
  })
  await journal.append({ kind: 'end', state: 'done' })
  const number = await journal.append({ kind: 'answer', body: { kind: 'result', state: 'done', steps: [] } })
  if (sent) await journal.append({ kind: 'sent', number })
}

test('a question that was answered is forgotten after a minute, not before', async () => {
  await ended(question, { sent: true })
  const retention = createRetention({ journals, now: () => time })

  await retention.sweep()
  expect(await journals.inMemory()).toHaveLength(1)
  time = 10_000
  await retention.sweep()
  expect(await journals.inMemory()).toEqual([])
  expect(await journals.requests()).toEqual([request])
  time = 2 * minute
  await retention.sweep()
  expect(await journals.requests()).toEqual([])
})

test('a question that is delivered again meanwhile is rested again, and forgotten', async () => {
  await ended(question, { sent: true })
  const retention = createRetention({ journals, now: () => time })
  time = 10_000
  await retention.sweep()

  expect((await journals.open(request)).last('end')).toMatchObject({ state: 'done' })
  time = 50_000
  await retention.sweep()
  expect(await journals.requests()).toEqual([request])
  time = 2 * minute
  await retention.sweep()
  expect(await journals.requests()).toEqual([])
})

test('nothing is forgotten while the bot has not been told', async () => {
  await ended(question, { sent: false })
  time = 60 * day

  await createRetention({ journals, now: () => time }).sweep()

  expect(await journals.requests()).toEqual([request])
  expect(await journals.inMemory()).toHaveLength(1)
})

test('a change leaves memory after some seconds and the disk after a month, and is read again when asked for', async () => {
  await ended(change, { sent: true })
  const retention = createRetention({ journals, now: () => time })

  await retention.sweep()
  expect(await journals.inMemory()).toHaveLength(1)
  time = 10_000
  await retention.sweep()
  expect(await journals.inMemory()).toEqual([])
  expect((await journals.open(request)).last('end')).toMatchObject({ state: 'done' })

  time = 31 * day
  await retention.start()
  retention.stop()
  expect(await journals.requests()).toEqual([])
})
