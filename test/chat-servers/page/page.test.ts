import { request } from 'node:http'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type SlackServer, startSlackServer } from '../slack/server.ts'
import { webClient } from '../slack/support.ts'
import { type ChatPage, startChatPage } from './page.ts'

let slack: SlackServer
let chat: ChatPage

beforeEach(async () => {
  slack = await startSlackServer()
  slack.addUser({ id: 'U1', name: 'ana' })
  slack.addUser({ id: 'U2', name: 'bo' })
  slack.addChannel({ id: 'C1', name: 'ops', members: ['U1', 'U2'] })
  chat = await startChatPage({ platform: 'slack', server: slack, people: ['U1'] })
  onTestFinished(async () => {
    await chat.stop()
    await slack.stop()
  })
})

const said = { person: 'U1', kind: 'say', channel: 'C1', text: 'hello' }

/** As a browser on the page would send it, but for what a test changes. */
async function act(body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; error: unknown }> {
  const all = { 'content-type': 'application/json', origin: chat.url, ...headers }
  const response = await fetch(`${chat.url}/api/act`, {
    method: 'POST',
    headers: all,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const answer = (await response.json()) as { error?: unknown }
  return { status: response.status, error: answer.error }
}

test('what the page sends is done', async () => {
  expect(await act(said)).toEqual({ status: 200, error: undefined })
  expect(slack.seenBy('U2', 'C1')).toMatchObject([{ user: 'U1', text: 'hello' }])
})

test.each([
  ['another page', said, { origin: 'http://evil.example' }, 403],
  ['no page', said, { origin: '' }, 403],
  ['a form', said, { 'content-type': 'text/plain' }, 415],
  ['no JSON', '{', {}, 400],
  ['no person', { ...said, person: undefined }, {}, 400],
  ['somebody who is not offered', { ...said, person: 'U2' }, {}, 409],
  ['what the page does not know', { ...said, kind: 'expireToken' }, {}, 400],
  ['more than it knows', { ...said, admin: true }, {}, 400],
  ['what this person cannot do', { ...said, channel: 'C2' }, {}, 409],
  ['too much', { ...said, text: 'x'.repeat(70_000) }, {}, 413],
])('%s is refused, and nothing is done', async (_, body, headers, status) => {
  expect(await act(body, headers)).toEqual({ status, error: expect.any(String) })
  expect(slack.seenBy('U1')).toEqual([])
})

test('a name of somebody else’s that leads here is refused', async () => {
  const { port } = new URL(chat.url)
  const status = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/', headers: { host: `evil.example:${port}` } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect(status).toBe(421)
})

test('the page lets nothing but its own scripts run', async () => {
  const response = await fetch(chat.url)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await response.text()).not.toMatch(/<script>|style=|onclick/)
})

test('a file is for whoever sees its message', async () => {
  slack.addChannel({ id: 'C2', name: 'private', members: ['U2'] })
  for (const channel of ['C1', 'C2'])
    await webClient(slack).files.uploadV2({ channel_id: channel, filename: 'plan.txt', content: `of ${channel}` })
  const [own, others] = ['U1', 'U2'].map((user) => slack.seenBy(user).at(-1))
  const ask = async (message: typeof own) => {
    const query = new URLSearchParams({ person: 'U1', channel: message?.channel ?? '', message: message?.ts ?? '', index: '0' })
    return (await fetch(`${chat.url}/api/file?${query}`)).text()
  }
  expect(await ask(own)).toBe('of C1')
  expect(await ask(others)).toContain('That file is gone')
})

test('a stream begins with everything, then tells only what changed, and ends with the page', async () => {
  slack.as('U1').say('C1', 'one')
  const response = await fetch(`${chat.url}/api/events?person=U1`)
  const told: { order: string[]; changed: { text: string }[] }[] = []
  const reading = (async () => {
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) told.push(JSON.parse(/^data: ?(.*)$/m.exec(event)?.[1] ?? ''))
    }
  })()
  await vi.waitFor(() => expect(told).toHaveLength(1))
  for (let count = 0; count < 30; count++) slack.as('U2').say('C1', `more ${count}`)
  await vi.waitFor(() => expect(told.at(-1)?.order).toHaveLength(31))
  expect(told[0]?.changed.map(({ text }) => text)).toEqual(['one'])
  expect(told.slice(1).flatMap(({ changed }) => changed.map(({ text }) => text))).toEqual(
    Array.from({ length: 30 }, (_, count) => `more ${count}`),
  )
  expect(told.length).toBeLessThan(10)
  await chat.stop()
  await reading.catch(() => undefined)
})
