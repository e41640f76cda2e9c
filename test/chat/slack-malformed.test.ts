import { afterEach, expect, test, vi } from 'vitest'
import { createSlackAdapter } from '../../src/chat/slack/slack.ts'
import { listenOnLoopback, type LoopbackServer, sendJson } from '../chat-servers/http.ts'
import { acceptWebSocket, type WebSocketConnection } from '../chat-servers/websocket.ts'
import { fakeDoor } from './fake-door.ts'

/** A Slack that sends what it should not. */
async function startBadSlack(): Promise<{ server: LoopbackServer; sockets: WebSocketConnection[]; acknowledged: string[] }> {
  const sockets: WebSocketConnection[] = []
  const acknowledged: string[] = []
  const server = await listenOnLoopback(0, {
    onRequest(request, response) {
      const url = `${server.origin.replace('http', 'ws')}/link`
      sendJson(response, 200, request.url?.endsWith('auth.test') ? { ok: true, team_id: 'T1', user_id: 'U1' } : { ok: true, url })
    },
    onUpgrade(request, socket, head) {
      const connection = acceptWebSocket(request, socket, head)
      connection.onMessage((text) => acknowledged.push(text))
      connection.send('{"type":"hello"}')
      sockets.push(connection)
    },
  })
  return { server, sockets, acknowledged }
}

let close: () => Promise<void> = async () => {}
afterEach(() => close())

const envelope = (type: string, payload: unknown, id: string) => JSON.stringify({ type, envelope_id: id, payload })

test('malformed frames harm nothing, are logged, and are acknowledged where they say what', async () => {
  const { server, sockets, acknowledged } = await startBadSlack()
  const door = fakeDoor()
  const problems: string[] = []
  const adapter = createSlackAdapter({
    commands: [],
    botToken: 'xoxb-1',
    appToken: 'xapp-1',
    apiUrl: `${server.origin}/api/`,
    policyGroups: [],
    now: Date.now,
    onProblem: (what) => void problems.push(what),
  })
  close = async () => {
    await adapter.stop()
    await server.stop()
  }
  await adapter.start(door)

  const frames = [
    'null',
    '{',
    '[]',
    '{"type":"events_api","envelope_id":"no payload"}',
    envelope('slash_commands', null, 'null'),
    envelope('slash_commands', { command: '/jailops', text: 7 }, 'number'),
    envelope('interactive', { type: 'block_actions', user: null, actions: [{}] }, 'no user'),
    envelope('interactive', { type: 'view_submission', user: { id: 'U2' }, view: 'x' }, 'no view'),
    envelope('interactive', { type: 'block_suggestion', user: { id: 'U2' } }, 'no block'),
    envelope('interactive', { type: 'shortcut', user: { id: 'U2' } }, 'no callback'),
    envelope('events_api', { event: { type: 'app_mention' } }, 'no text'),
    envelope('events_api', { event: { type: 'disconnect', text: '"disconnect"' } }, 'disconnect'),
    envelope('of tomorrow', {}, 'unknown'),
  ]
  for (const frame of frames) sockets[0]?.send(frame)

  const expected = ['null', 'number', 'no user', 'no view', 'no block', 'no callback', 'no text', 'disconnect', 'unknown']
  await vi.waitFor(() => {
    const ids = acknowledged.map((text): unknown => JSON.parse(text)).map((one) => (one as { envelope_id: string }).envelope_id)
    expect(ids.toSorted()).toEqual(expected.toSorted())
  })
  expect(problems).toContain('Slack sent something that could not be read')
  expect(problems).toContain('a slash command was not understood')
  expect(sockets).toHaveLength(2)
  expect(door.received).toEqual([])
})
