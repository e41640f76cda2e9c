import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createDiscordAdapter } from '../../src/chat/discord/discord.ts'
import { pauseBeforeIdentify } from '../../src/chat/discord/identify-pace.ts'
import { fakeDoor } from './fake-door.ts'
import { startBot, startTown, takenOf, type Town } from './discord-harness.ts'

async function town(): Promise<Town> {
  const started = await startTown()
  onTestFinished(() => started.close())
  return started
}

describe('the connection', () => {
  test('asks for nothing but guilds, registers its commands, and not again when nothing changed', async () => {
    const { server, options } = await startBot()
    expect(server.gateway.intents()).toBe(1)
    expect(server.commands().map(({ name }) => name)).toContain('jailops')
    const again = createDiscordAdapter(options)
    await again.start(fakeDoor())
    await again.stop()
    expect(server.registrations().bulk).toBe(1)
  })

  test('broken and resumed, it has lost nothing of what was said meanwhile and heard nothing twice', async () => {
    const { server, door, say } = await startBot()
    server.faults.twice('after a resume')
    await say('jail create before')
    server.gateway.break()
    const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => say(`jail create j${index}`)))
    expect(taken.map(takenOf)).toEqual(taken.map(() => ({ kind: 'acknowledged' })))
    expect(new Set(door.stored().map(({ said }) => JSON.stringify(said))).size).toBe(21)
    expect(door.stored()).toHaveLength(21)
    expect(server.gateway).toSatisfy((gateway: typeof server.gateway) => gateway.resumes() === 1 && gateway.identifies() === 1)
  })

  test.each([
    ['told to reconnect', (gateway: { requestReconnect(): void }) => gateway.requestReconnect()],
    ['closed with 4000', (gateway: { close(code: number): void }) => gateway.close(4000)],
    ['invalid but resumable', (gateway: { invalidSession(resumable: boolean): void }) => gateway.invalidSession(true)],
  ])('%s it resumes', async (_how, happen) => {
    const { server, say } = await startBot()
    happen(server.gateway)
    await vi.waitFor(() => expect(server.gateway.resumes()).toBe(1))
    expect(takenOf(await say('jail list'))).toEqual({ kind: 'acknowledged' })
    expect(server.gateway.identifies()).toBe(1)
  })

  test('whose resume is refused identifies anew, after Discord’s five seconds, and hears again', async () => {
    const { server, say } = await startBot()
    server.gateway.refuseResume()
    server.gateway.break()
    await vi.waitFor(() => expect(server.gateway.identifies()).toBe(2), { interval: 50 })
    await vi.waitFor(() => expect(server.gateway.connections()).toBe(1))
    expect(takenOf(await say('jail list'))).toEqual({ kind: 'acknowledged' })
  })
})

describe('identifies', () => {
  test('come ever slower, so that a day’s thousand are never used up', () => {
    const times: number[] = []
    const day = 24 * 3_600_000
    for (let now = 0; now < day; now += pauseBeforeIdentify(times, now)) times.push(now)
    expect(times.length).toBeLessThan(500)
    expect(times.slice(1, 4).map((time, index) => time - (times[index] ?? 0))).toEqual([5000, 10_000, 20_000])
    expect(pauseBeforeIdentify(times, day + 2 * 3_600_000)).toBe(0)
  })

  test('are not used up where each session ends at once', async () => {
    const { server } = await startBot()
    const startedAt = performance.now()
    const ending = setInterval(() => server.gateway.invalidSession(false), 200)
    await vi.waitFor(() => expect(server.gateway.identifies()).toBe(2), { interval: 50 })
    clearInterval(ending)
    expect(performance.now() - startedAt).toBeGreaterThan(4500)
  })
})

describe('a start', () => {
  test('with a token that Discord does not know says so, without a single identify', async () => {
    const { server, options } = await town()
    const adapter = createDiscordAdapter({ ...options, token: 'not.the.token' })
    await expect(adapter.start(fakeDoor())).rejects.toMatchObject({
      code: 'config_error',
      message: expect.stringContaining('bot.discord.token'),
    })
    expect(server.gateway.identifies()).toBe(0)
    await adapter.stop()
  })

  test.each([
    [4014, 'intents'],
    [4004, 'token'],
  ])('that the gateway refuses for good (%i) says what to do, after one identify', async (code, word) => {
    const { server, options } = await town()
    server.gateway.refuseIdentify(code)
    const adapter = createDiscordAdapter(options)
    await expect(adapter.start(fakeDoor())).rejects.toMatchObject({ code: 'config_error', message: expect.stringContaining(word) })
    expect(server.gateway.identifies()).toBeLessThanOrEqual(1)
    await adapter.stop()
  })

  test('in a short outage waits for its end', async () => {
    const { server, options, problems } = await town()
    server.faults.next('GET /gateway/bot', { status: 500, code: 0, message: 'down' }, { times: 2 })
    const adapter = createDiscordAdapter(options)
    await adapter.start(fakeDoor())
    expect(problems.join()).toContain('cannot be reached')
    expect(server.gateway.connections()).toBe(1)
    await adapter.stop()
  })

  test('in a long outage goes on without being heard, and a stop ends the trying', async () => {
    const { options, problems } = await town()
    const adapter = createDiscordAdapter({ ...options, apiUrl: 'http://127.0.0.1:1/api' })
    await adapter.start(fakeDoor())
    expect(problems.length).toBeGreaterThan(1)
    await adapter.stop()
    const before = problems.length
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(problems.length).toBe(before)
  })
})

describe('a session that Discord ends for good', () => {
  test('is reported and not begun again by itself', async () => {
    const { server, problems } = await startBot()
    server.gateway.close(4004)
    await vi.waitFor(() => expect(problems.join()).toContain('ended the connection for good'))
    expect(problems.join()).not.toContain(server.token)
    expect(server.gateway.identifies()).toBe(1)
  })
})

test.each(['connected', 'connecting again'])('stopped while %s, nothing of it keeps a process alive', async (when) => {
  const { server, options } = await town()
  const program = fileURLToPath(new URL('discord-one-life.ts', import.meta.url))
  const child = spawn(process.execPath, [program, JSON.stringify({ ...options, commands: [] })], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  if (when === 'connecting again') {
    server.gateway.break()
    // discord.js waits for half a second before it comes back: it is to be stopped within that
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  child.stdin.end()
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  expect(server.gateway.connections()).toBe(0)
})
