import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createSlackAdapter } from '../../src/chat/slack/slack.ts'
import { root } from '../house/sources.ts'
import { fakeDoor, type FakeDoor } from './fake-door.ts'
import { adapterOptions, ids, startAdapter, startTown, type Town } from './slack-harness.ts'

let town: Town
let door: FakeDoor
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function start(
  ...rest: [Parameters<typeof startAdapter>[1], Parameters<typeof startAdapter>[2]?, Parameters<typeof startAdapter>[3]?]
): Promise<void> {
  door = fakeDoor()
  town = await startAdapter(door, ...rest)
  closing.push(town.stop)
}

/** 200 commands, one every few milliseconds, of which the last are on their way when this resolves. */
async function commandsWhile(disturb: (sent: number) => unknown): Promise<{ error?: string }[]> {
  const ana = town.slack.as(ids.ana)
  // stored a little later, so that acknowledgements are under way whenever a connection goes
  door.before = () => new Promise((resolve) => setTimeout(resolve, 15))
  const sent: ReturnType<typeof ana.slash>[] = []
  for (let index = 0; index < 200; index++) {
    sent.push(ana.slash('/jail', 'list', { channel: ids.ops, delivery: `d${index}` }))
    disturb(index)
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
  return Promise.all(sent)
}

describe('while 200 commands flow', () => {
  test.each([
    [
      'one connection at a time is refreshed',
      (index: number) => index % 40 === 20 && town.slack.disconnectSockets('refresh_requested', { count: 1 }),
    ],
    ['Slack only warns', (index: number) => index % 60 === 30 && town.slack.disconnectSockets('warning')],
  ])('%s: none is lost, doubled or left without an answer', async (_what, disturb) => {
    await start('socket')
    const delivered = await commandsWhile(disturb)
    expect(delivered.filter(({ error }) => error !== undefined)).toEqual([])
    expect(door.stored()).toHaveLength(200)
    expect(new Set(door.received.map(({ delivery }) => delivery)).size).toBe(200)
    await vi.waitFor(() => expect(town.slack.sockets).toBeGreaterThanOrEqual(2))
  })

  test('both are refreshed at once: in the moment without any, Slack itself says so; all others are answered and stored once', async () => {
    await start('socket')
    const delivered = await commandsWhile(
      (index) => index % 60 === 30 && town.slack.disconnectSockets('refresh_requested', { closeAfterMs: 400 }),
    )
    const failed = delivered.filter(({ error }) => error !== undefined)
    expect(failed.filter(({ error }) => error !== 'dispatch_failed')).toEqual([])
    expect(failed.length).toBeLessThan(60)
    expect(door.stored()).toHaveLength(200 - failed.length)
  })

  test('every one is delivered twice: each is one request', async () => {
    await start('socket')
    town.slack.faults.twice()
    const delivered = await commandsWhile(() => undefined)
    expect(delivered.filter(({ error }) => error !== undefined)).toEqual([])
    expect(door.stored()).toHaveLength(200)
  })
})

test('connections that are cut come back, also after Slack refused some', async () => {
  await start('socket')
  town.slack.refuseConnections(3)
  town.slack.breakSockets()
  await vi.waitFor(() => expect(town.slack.sockets).toBe(2))
  expect((await town.slack.as(ids.ana).slash('/jail', 'list', { channel: ids.ops })).error).toBeUndefined()
  expect(town.problems.map(({ what }) => what)).toContain('Slack cannot be reached by Socket Mode; it is tried again')
})

test('an outage of apps.connections.open is waited out', async () => {
  await start('socket')
  town.slack.faults.next('apps.connections.open', { status: 503 }, { times: 4 })
  town.slack.breakSockets()
  await vi.waitFor(() => expect(town.slack.sockets).toBe(2))
})

test('a Slack that comes late is waited for behind start(), and said so', async () => {
  const slack = await startTown()
  closing.push(() => slack.stop())
  slack.faults.next('auth.test', { status: 503 }, { times: 5 })
  const problems: string[] = []
  const adapter = createSlackAdapter({
    ...adapterOptions(slack, 'socket'),
    onProblem: (what) => void problems.push(what),
    timings: { again: 30, starting: 100, identity: 300, spacing: 20 },
  })
  closing.push(() => adapter.stop())
  await adapter.start(fakeDoor())
  expect(problems).toContain('Slack does not answer; it is tried again until it does')
})

test.each(['socket', 'http'] as const)('stopped, nothing of it keeps a process alive, over %s', async (mode) => {
  const slack = await startTown()
  closing.push(() => slack.stop())
  const { commands: _commands, now: _now, onProblem: _onProblem, ...options } = adapterOptions(slack, mode)
  const child = spawn(process.execPath, ['test/chat/slack-one-life.ts', JSON.stringify(options)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  closing.push(async () => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.stdin.end()
  const before = performance.now()
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(performance.now() - before).toBeLessThan(10_000)
})

describe.each(['socket', 'http'] as const)('what stops the start, over %s', (mode) => {
  test.each([['a wrong bot token', { botToken: 'xoxb-wrong' }, /bot token is not valid.*bot\.slack\.botToken/]])(
    '%s',
    async (_what, change, sentence) => {
      await expect(start(mode, change)).rejects.toMatchObject({ code: 'config_error', message: expect.stringMatching(sentence) })
    },
  )

  test('scopes that are missing are named', async () => {
    const scopes = ['app_mentions:read', 'chat:write', 'commands', 'users:read']
    await expect(start(mode, {}, { scopes })).rejects.toMatchObject({
      code: 'config_error',
      message: expect.stringMatching(/lacks the scopes files:write, im:write, usergroups:read.*jailops slack manifest/),
    })
  })
})

test('a wrong app-level token stops the start', async () => {
  await expect(start('socket', { appToken: 'xapp-wrong' })).rejects.toMatchObject({
    code: 'config_error',
    message: expect.stringMatching(/app-level token .*bot\.slack\.appToken/),
  })
})

test('an empty signing secret stops the start', async () => {
  await expect(start('http', { signingSecret: ' ' })).rejects.toMatchObject({
    code: 'config_error',
    message: expect.stringContaining('signingSecret'),
  })
})

describe('signed HTTP', () => {
  test('answers the challenge, and nobody but Slack', async () => {
    await start('http')
    expect(await town.slack.verifyRequestUrl()).toBe(true)
    town.slack.setRequestUrl(town.adapter.url(), { signingSecret: 'of a forger' })
    expect((await town.slack.as(ids.ana).slash('/jail', 'list', { channel: ids.ops })).error).toBeDefined()
    expect(door.received).toEqual([])
    expect(town.problems.map(({ what }) => what)).toContain('a request that Slack did not sign was refused')
  })

  test.each([
    'null',
    '"text"',
    '{',
    '[]',
    '{"event":null}',
    '{"command":"/jail"}',
    '{"type":"block_actions","actions":[]}',
    '{"type":"view_submission","user":{"id":"U1"}}',
  ])('a malformed body is answered and harms nothing: %s', async (body) => {
    await start('http')
    const status = await post(town.adapter.url() ?? '', body, town.slack.signingSecret)
    expect([200, 400]).toContain(status)
    expect(town.problems.length).toBeGreaterThan(0)
    expect((await town.slack.as(ids.ana).slash('/jail', 'list', { channel: ids.ops })).error).toBeUndefined()
  })

  test('an old request is refused though it was signed', async () => {
    await start('http')
    expect(await post(town.adapter.url() ?? '', '{"type":"x"}', town.slack.signingSecret, 400)).toBe(401)
  })
})

/** A signed request of our own making. */
function post(url: string, body: string, secret: string, ageSeconds = 0): Promise<number | undefined> {
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature }
    const request = httpRequest(url, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject)
    request.end(body)
  })
}
