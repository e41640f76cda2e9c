import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { createWebAdapter } from '../../src/chat/web/web.ts'
import { adapterConformance, type Harness, type Taken } from './adapter-conformance.ts'
import { temporaryFolder } from './folder.ts'
import { actorNamed, people } from './people.ts'
import type { Door, Said } from '../../src/chat/adapter.ts'

const messagesSchema = z.object({ messages: z.array(z.unknown()) })
const filesSchema = z.object({ card: z.object({ files: z.array(z.object({ href: z.string() })) }) })
const problemSchema = z.object({ sentence: z.string() })

async function makeWebHarness(): Promise<Harness> {
  const folder = temporaryFolder()
  const historyFile = join(folder, 'history.json')
  const leaving = new AbortController()
  /** What open pages were told live. */
  const passed = new Map<string, string[]>()
  let port = 0
  let door: Door | undefined
  let adapter = make()

  function make() {
    return createWebAdapter({ port, people, historyFile, now: Date.now })
  }

  async function start(to: Door): Promise<void> {
    door = to
    adapter = make()
    await adapter.start(to)
    port = Number(new URL(adapter.url()).port)
  }

  function post(path: string, body: unknown): Promise<Response> {
    return fetch(`${adapter.url()}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: adapter.url() },
      body: JSON.stringify(body),
    })
  }

  async function textOf(message: unknown): Promise<string> {
    const files = filesSchema.safeParse(message).data?.card.files ?? []
    const contents = await Promise.all(files.map(async ({ href }) => (await fetch(`${adapter.url()}${href}`)).text()))
    return [JSON.stringify(message), ...contents].join('\n')
  }

  return {
    adapter: () => adapter,
    start,
    stop: () => adapter.stop(),
    actor: (person) => actorNamed('web', person),
    place: { platform: 'web', channel: 'ops' },
    send: (person, said, delivery) => takenOf(sendAs(person, said, delivery)),
    async seenBy(person) {
      const response = await fetch(`${adapter.url()}/api/messages?person=${person}`)
      const kept = await Promise.all(messagesSchema.parse(await response.json()).messages.map(textOf))
      return [...kept, ...(passed.get(person) ?? [])]
    },
    async attend(person) {
      const lines: string[] = []
      passed.set(person, lines)
      const { body } = await fetch(`${adapter.url()}/api/events?person=${person}`, { signal: leaving.signal })
      const page = body?.pipeThrough(new TextDecoderStream()).getReader()
      // the first part is what was said before
      await page?.read()
      void readAll(page, lines)
    },
    async vanish() {
      await adapter.stop()
      rmSync(historyFile, { force: true })
      if (door !== undefined) await start(door)
    },
    live: [], // JSON obeys nothing; what the page does with it is in web-browser.test.ts
    speaks: ['text', 'press'],
    async close() {
      leaving.abort()
      await adapter.stop()
      // what was for one person alone is nowhere kept
      if (existsSync(historyFile)) expect(readFileSync(historyFile, 'utf8')).not.toContain('kQ7mWn3pXz8RbT5v')
      rmSync(folder, { recursive: true })
    },
  }

  function sendAs(person: string, said: Said, delivery: string): Promise<Response> {
    if (said.kind === 'press') return post('/api/press', { person, delivery, press: said.press })
    return post('/api/say', { person, delivery, text: said.kind === 'text' ? said.text : '' })
  }
}

async function readAll(page: ReadableStreamDefaultReader<string> | undefined, lines: string[]): Promise<void> {
  try {
    for (let part = await page?.read(); part?.done === false; part = await page?.read()) lines.push(part.value)
  } catch {
    // the person has left
  }
}

async function takenOf(answered: Promise<Response>): Promise<Taken> {
  const response = await answered
  if (response.ok) return { kind: 'acknowledged' }
  return { kind: 'refused', sentence: problemSchema.parse(await response.json()).sentence }
}

adapterConformance('web', makeWebHarness)
