import { rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createWebAdapter } from '../../src/chat/web/web.ts'
import { cardOf } from './example-cards.ts'
import { fakeDoor, type FakeDoor } from './fake-door.ts'
import { temporaryFolder } from './folder.ts'
import { actorNamed, people } from './people.ts'

interface Raw {
  status: number
  headers: Record<string, unknown>
  body: string
}

describe('the web chat lets nobody else in', () => {
  let folder: string
  let door: FakeDoor
  let adapter: ReturnType<typeof createWebAdapter>

  beforeEach(async () => {
    folder = temporaryFolder()
    door = fakeDoor()
    adapter = createWebAdapter({ port: 0, people, historyFile: join(folder, 'history.json'), now: Date.now })
    await adapter.start(door)
  })
  afterEach(async () => {
    await adapter.stop()
    rmSync(folder, { recursive: true })
  })

  /** node:http, since fetch forbids the headers that matter here. */
  function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Raw> {
    return new Promise((resolve, reject) => {
      const asking = httpRequest(
        `${adapter.url()}${path}`,
        { method: options.method ?? 'GET', headers: options.headers ?? {} },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
          )
        },
      )
      asking.on('error', reject)
      asking.end(options.body)
    })
  }

  function say(body: unknown, headers: Record<string, string> = {}): Promise<Raw> {
    const own = { 'content-type': 'application/json', origin: adapter.url() }
    return ask('/api/say', {
      method: 'POST',
      headers: { ...own, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }
  const good = { delivery: 'delivery-1', person: 'ana', text: 'jail list' }

  test('its own page gets through, by both names of this machine', async () => {
    expect((await say(good)).status).toBe(200)
    const host = new URL(adapter.url()).host.replace('127.0.0.1', 'localhost')
    expect((await say({ ...good, delivery: 'delivery-2' }, { host, origin: `http://${host}` })).status).toBe(200)
    expect(door.stored()).toHaveLength(2)
  })

  test.each([
    'evil.example',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost',
    'localhost.evil.example:80',
    '[::1]:80',
    '127.0.0.1:PORT.evil.example',
    'LOCALHOST:PORT@evil',
  ])('not under the Host %s, whatever is asked', async (host) => {
    const named = { host: host.replace('PORT', new URL(adapter.url()).port) }
    for (const path of ['/', '/api/messages?person=ana', '/api/events?person=ana', '/app.js']) {
      const answer = await ask(path, { headers: named })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.body).not.toContain('<html')
    }
    expect((await say(good, { ...named, origin: `http://${named.host}` })).status).toBeGreaterThanOrEqual(400)
    expect(door.received).toEqual([])
  })

  test.each(['http://evil.example', 'null', 'http://localhost', 'https://127.0.0.1:PORT', 'http://localhost:PORT', ''])(
    'no POST from the Origin %j',
    async (origin) => {
      const answer = await say(good, { origin: origin.replace('PORT', new URL(adapter.url()).port) })
      expect([answer.status, door.received]).toEqual([403, []])
      expect(JSON.parse(answer.body)).toMatchObject({ error: 'wrong_origin' })
    },
  )

  test('no POST without an Origin, and none that a form could send', async () => {
    const { origin: _none, ...headers } = { origin: '', 'content-type': 'application/json' }
    expect((await ask('/api/say', { method: 'POST', headers, body: JSON.stringify(good) })).status).toBe(403)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonx']) {
      expect((await say(good, { 'content-type': type })).status).toBe(415)
    }
    expect(door.received).toEqual([])
  })

  test('every answer forbids inline script, framing, guessing of types and keeping', async () => {
    const answers = await Promise.all([
      ask('/'),
      ask('/app.js'),
      ask('/api/messages?person=ana'),
      ask('/nothing'),
      ask('/', { headers: { host: 'evil' } }),
    ])
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|data:/)
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    }
    expect((await ask('/')).body).not.toMatch(/ on[a-z]+=|style=|<script(?![^>]* src=)/)
  })

  test('a body beyond 64 KB is refused, counted or not', async () => {
    const long = JSON.stringify({ ...good, text: 'x'.repeat(70_000) })
    expect((await say(long)).status).toBe(413)
    expect((await say(long, { 'transfer-encoding': 'chunked' })).status).toBe(413)
    expect(door.received).toEqual([])
  })

  test.each([
    ['no JSON', '{'],
    ['an unknown person', { ...good, person: 'mallory' }],
    ['a person of the prototype', { ...good, person: '__proto__' }],
    ['an actor of its own', { ...good, actor: { id: 'bo' } }],
    ['groups of its own', { ...good, groups: ['approvers'] }],
    ['no delivery', { person: 'ana', text: 'jail list' }],
    ['a delivery of another shape', { ...good, delivery: 'bo:delivery' }],
    ['a text that is none', { ...good, text: 7 }],
    ['nothing said', { ...good, text: ' / ' }],
  ])('refused: %s', async (_what, body) => {
    const answer = await say(body)
    expect([400, 403]).toContain(answer.status)
    expect(JSON.parse(answer.body)).toMatchObject({ error: expect.any(String), sentence: expect.any(String) })
    expect(door.received).toEqual([])
  })

  test('an unknown person sees and completes nothing', async () => {
    for (const path of [
      '/api/messages?person=mallory',
      '/api/events?person=mallory',
      '/api/complete?person=mallory&text=j',
      '/api/messages',
      '/api/events',
    ]) {
      expect((await ask(path)).status).toBeGreaterThanOrEqual(400)
    }
  })

  test('files are plain text to keep, never a page, and there are no others', async () => {
    await adapter.post(
      { platform: 'web', channel: 'ops' },
      cardOf('r1', { files: [{ name: 'a"\r\nx: <b>.html', text: '<script>alert(1)</script>' }] }),
      actorNamed('web', 'ana'),
    )
    const file = await ask('/files/r1/0')
    expect(file.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(file.headers['content-disposition']).toBe('attachment; filename="a___x___b_.html"')
    expect(file.body).toBe('<script>alert(1)</script>')
    for (const path of [
      '/files/r1/1',
      '/files/r1/-1',
      '/files/r2/0',
      '/files/r1/__proto__',
      '/files/..%2f..%2fetc%2fpasswd/0',
      '/page.ts',
      '/../web.ts',
      '/%2e%2e/web.ts',
    ]) {
      expect((await ask(path)).status).toBe(404)
    }
  })

  test('listens on this machine only', async () => {
    expect(new URL(adapter.url()).hostname).toBe('127.0.0.1')
  })

  test('the press of a person is theirs, whatever the body claims', async () => {
    const press = { kind: 'approve', request: 'r1', digest: 'd' }
    const headers = { 'content-type': 'application/json', origin: adapter.url() }
    await ask('/api/press', { method: 'POST', headers, body: JSON.stringify({ delivery: 'delivery-9', person: 'eve', press }) })
    expect(door.received).toMatchObject([{ actor: { id: 'eve', groups: [] } }])
    const forged = { delivery: 'delivery-8', person: 'eve', press: { ...press, actor: 'bo' } }
    expect((await ask('/api/press', { method: 'POST', headers, body: JSON.stringify(forged) })).status).toBe(400)
  })
})
