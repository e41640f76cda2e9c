import { rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runInShell, type RunInShell } from '../../src/chat/shell/client.ts'
import { connect } from '../../src/chat/shell/connection.ts'
import { createShellAdapter } from '../../src/chat/shell/shell.ts'
import type { RequestState } from '../../src/core/card.ts'
import { cardOf } from './example-cards.ts'
import { fakeDoor, type FakeDoor } from './fake-door.ts'
import { temporaryFolder } from './folder.ts'
import { actorNamed, people } from './people.ts'

const place = { platform: 'shell', channel: 'shell' }

describe('jailops run', () => {
  let folder: string
  let socketPath: string
  let door: FakeDoor
  let adapter: ReturnType<typeof make>

  function make() {
    return createShellAdapter({ socketPath, proofFolder: join(folder, 'proof'), demoPeople: people, now: Date.now })
  }

  beforeEach(async () => {
    folder = temporaryFolder()
    socketPath = join(folder, 'shell.sock')
    door = fakeDoor()
    adapter = make()
    await adapter.start(door)
  })
  afterEach(async () => {
    await adapter.stop()
    rmSync(folder, { recursive: true })
  })

  function run(options: Partial<RunInShell> = {}) {
    return runInShell({ socketPath, as: 'ana', text: '/jail create blog', delivery: 'd1', ...options })
  }

  async function showStates(states: RequestState[]): Promise<void> {
    for (const state of states) {
      await adapter.post(place, cardOf('r1', { state }), actorNamed('shell', 'ana'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  test.each([
    ['accepted', ['stored', 'planning', 'waiting'], 'planning'],
    ['accepted', ['stored', 'refused'], 'refused'],
    ['approval', ['stored', 'planning', 'waiting', 'running'], 'waiting'],
    ['approval', ['planning', 'running', 'done'], 'done'],
    ['end', ['planning', 'waiting', 'running', 'undone'], 'undone'],
  ] as const)('waits for %s: of %j it ends with %s', async (wait, states, last) => {
    const onCard = vi.fn<NonNullable<RunInShell['onCard']>>()
    const running = run({ wait, onCard })
    await vi.waitFor(() => expect(door.stored()).toHaveLength(1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await showStates([...states])
    expect((await running).state).toBe(last)
    expect(onCard.mock.lastCall?.[0].state).toBe(last)
    expect(door.received[0]?.said).toEqual({ kind: 'text', text: 'jail create blog' })
  })

  test('a card that was there before it asked is shown at once', async () => {
    door.cards.set('r1', cardOf('r1', { state: 'done' }))
    expect((await run()).state).toBe('done')
  })

  test('the card of another request is not shown', async () => {
    const onCard = vi.fn<NonNullable<RunInShell['onCard']>>()
    const running = run({ onCard, wait: 'end' })
    await vi.waitFor(() => expect(door.stored()).toHaveLength(1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await adapter.post(place, cardOf('r77', { state: 'done' }), actorNamed('shell', 'ana'))
    await showStates(['done'])
    await running
    expect(onCard.mock.calls.map(([card]) => card.request)).toEqual(['r1'])
  })

  test('outlives a restart of the bot: the same delivery, the same request', async () => {
    const running = run({ wait: 'end' })
    await vi.waitFor(() => expect(door.stored()).toHaveLength(1))
    await adapter.stop()
    await new Promise((resolve) => setTimeout(resolve, 120))
    adapter = make()
    await adapter.start(door)
    await vi.waitFor(() => expect(door.received).toHaveLength(2))
    await adapter.edit(place, 'r1', cardOf('r1', { state: 'done' }), actorNamed('shell', 'ana'))
    expect(await running).toMatchObject({ request: 'r1', state: 'done' })
    expect(door.stored()).toHaveLength(1)
  })

  test('without a bot it says so, and that nothing was done', async () => {
    await adapter.stop()
    await expect(run({ connectSeconds: 0.2 })).rejects.toMatchObject({
      code: 'bot_unreachable',
      message: expect.stringContaining('Nothing was done'),
    })
  })

  test('with the bot gone for good it does not claim that nothing was done', async () => {
    const running = run({ reconnectSeconds: 0.2, wait: 'end' })
    const outcome = expect(running).rejects.toMatchObject({ code: 'bot_unreachable', message: expect.stringMatching(/r1 is stored/) })
    await vi.waitFor(() => expect(door.stored()).toHaveLength(1))
    await new Promise((resolve) => setTimeout(resolve, 50))
    await adapter.stop()
    await outcome
  })

  test('Ctrl-C ends the waiting', async () => {
    const ending = new AbortController()
    const running = run({ signal: ending.signal, wait: 'end' })
    const outcome = expect(running).rejects.toThrow('enough')
    await vi.waitFor(() => expect(door.stored()).toHaveLength(1))
    ending.abort(new Error('enough'))
    await outcome
  })

  test('in the demo everybody says who they are, and only those it knows', async () => {
    await expect(run({ as: 'mallory' })).rejects.toMatchObject({ code: 'identity_unproved' })
    const { as: _nobody, ...options } = { as: '', socketPath, text: 'jail list', delivery: 'd2' }
    await expect(runInShell(options)).rejects.toMatchObject({ code: 'identity_unproved', message: expect.stringContaining('ana, bo, eve') })
    expect(door.received).toEqual([])
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
  })

  test('a socket whose path is too long lies elsewhere, and the pointer file says where', async () => {
    const pointerFile = join(folder, 'shell.json')
    const long = join(folder, 'x'.repeat(120), 'shell.sock')
    const options = { socketPath: long, proofFolder: join(folder, 'proof'), demoPeople: people, now: Date.now }
    await expect(createShellAdapter(options).start(door)).rejects.toMatchObject({ code: 'config_error' })
    const far = createShellAdapter({ ...options, pointerFile })
    await far.start(door)
    door.cards.set('r1', cardOf('r1', { state: 'done' }))
    expect((await run({ socketPath: long, pointerFile })).state).toBe('done')
    await far.stop()
    expect(statSync(pointerFile, { throwIfNoEntry: false })).toBeUndefined()
  })

  test('what a killed bot left is taken over, what lives is not', async () => {
    await expect(make().start(door)).rejects.toMatchObject({ code: 'config_error' })
    expect((await run({ wait: 'accepted', onStored: () => void showStates(['planning']) })).state).toBe('planning')
  })

  test('a line beyond 1 MiB ends the connection and nothing else', async () => {
    const connection = await connect({ socketPath, as: 'ana' })
    connection.send({ kind: 'say', delivery: 'd', said: { kind: 'text', text: 'x'.repeat(2_000_000) } })
    const kinds: string[] = []
    await expect(
      (async () => {
        for await (const { kind } of connection.lines) kinds.push(kind)
        throw new Error('ended')
      })(),
    ).rejects.toThrow()
    expect(kinds.filter((kind) => kind !== 'problem')).toEqual([])
    expect(door.received).toEqual([])
    door.cards.set('r1', cardOf('r1', { state: 'done' }))
    expect((await run()).state).toBe('done')
  })

  test('a card beyond 1 MiB comes without its files, and says so', async () => {
    door.cards.set('r1', cardOf('r1', { state: 'done', files: [{ name: 'plan.txt', text: 'x'.repeat(1_500_000) }] }))
    expect((await run()).files).toEqual([{ name: 'plan.txt', text: expect.stringMatching(/not sent: 1500000 bytes/) }])
  })

  test('something that is no bot is not asked again and again', async () => {
    const path = join(folder, 'other.sock')
    const other = createServer((socket) => socket.end('hello?\n')).listen(path)
    await expect(run({ socketPath: path })).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('same version') })
    other.close()
  })
})
