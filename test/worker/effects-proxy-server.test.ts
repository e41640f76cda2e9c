import { once } from 'node:events'
import { createServer, request, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { nowhere } from '../../src/host/proxy/slots.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { startHaproxy, type TestHaproxy } from '../host/proxy-socket-haproxy.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

let bench: Bench
let haproxy: TestHaproxy
let slow: Server
beforeEach(async () => {
  bench = makeBench()
  haproxy = await startHaproxy('blog.example.com jail_blog\n')
  // answers nobody: whoever asks has an open session
  slow = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(slow, 'listening')
})
afterEach(async () => {
  slow.closeAllConnections()
  slow.close()
  await haproxy.stop()
  await bench.end()
})

const socket = () => createHaproxySocket(bench.shell, haproxy.socket)
const revert = (step: Step, before: string | null) => bench.effects.revert(step, before, { groupFile: bench.groupFile })
const elsewhere = { address: '127.0.0.9', port: 9 }
const isUp = (backend: string) => bench.effects.holds({ kind: 'haproxy-server-up', socket: haproxy.socket, backend, server: 's' })
type Server1 = Extract<Step['action'], { kind: 'proxy-server' }>
const server = (wish: Partial<Server1>) =>
  stepOf({ kind: 'proxy-server', socket: haproxy.socket, backend: 'jail_blog', server: 's', ...wish })
const blog = () => socket().server('jail_blog', 's')

/** Somebody who waits for an answer of the blog's. */
async function visitor(): Promise<{ ended: Promise<unknown> }> {
  const { port } = addressOf(slow)
  await socket().setServer('jail_blog', 's', { address: { address: '127.0.0.1', port } })
  const asking = request({ host: '127.0.0.1', port: haproxy.port, headers: { host: 'blog.example.com' }, agent: false })
  const ended = new Promise((resolve) => asking.on('error', resolve).on('response', resolve))
  asking.end()
  await vi.waitFor(async () => expect(await sessions(0)).toBe(false), { interval: 20 })
  return { ended }
}

function sessions(atMost: number): Promise<boolean> {
  return bench.effects.holds({ kind: 'proxy-sessions', socket: haproxy.socket, backend: 'jail_blog', server: 's', atMost })
}

function addressOf(one: Server): { port: number } {
  const address = one.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0 }
}

describe('proxy-server', () => {
  test.each<[string, Partial<Server1>]>([
    ['an address', { address: elsewhere }],
    ['a weight', { weight: 7 }],
    ['out of the way', { state: 'maint' }],
    ['all at once', { address: elsewhere, weight: 0, state: 'maint', shut: true }],
  ])('%s, and back, each twice', async (_, wish) => {
    const former = await blog()
    const step = server(wish)
    const before = await bench.effects.capture(step)
    expect(await bench.effects.check(step)).toBe('not')
    for (let turn = 0; turn < 2; turn += 1) await bench.effects.perform(step, { groupFile: bench.groupFile })
    expect(await bench.effects.check(step)).toBe('done')
    for (let turn = 0; turn < 2; turn += 1) await revert(step, before)
    expect(await blog()).toEqual(former)
  })

  test('whoever is still served keeps the address to themselves', async () => {
    await visitor()
    const step = server({ address: elsewhere })
    await expect(perform(bench, step)).rejects.toMatchObject({ code: 'step_failed', message: expect.stringContaining('open sessions') })
    expect(await blog()).toMatchObject({ port: addressOf(slow).port, state: 'ready' })
  })

  test('where they are to be ended, they are before the address is another one', async () => {
    const { ended } = await visitor()
    await perform(bench, server({ address: elsewhere, state: 'maint', shut: true }))
    expect(await sessions(0)).toBe(true)
    expect(await blog()).toMatchObject({ ...elsewhere, state: 'maint' })
    await ended
  })

  test('a backend that is given back is spare when its last request has its answer', async () => {
    const { port } = addressOf(slow)
    await socket().setServer('jail_blog', 's', { address: nowhere })
    const step = server({ address: { address: '127.0.0.1', port }, state: 'ready' })
    const before = await perform(bench, step)
    const answers: ServerResponse[] = []
    slow.on('request', (_, response) => void answers.push(response))
    const { ended } = await visitor()
    const looks = vi.spyOn(bench.shell, 'exchange')

    const reverted = revert(step, before)
    // it has looked whether the request is over more than once
    const questions = () => looks.mock.calls.filter(([, text]) => text.startsWith('show stat')).length
    await vi.waitFor(() => expect(questions()).toBeGreaterThan(2))
    answers[0]?.end('the answer')

    expect(await ended).toMatchObject({ statusCode: 200 })
    await reverted
    expect(await blog()).toMatchObject(nowhere)
  })

  test('of a HAProxy that does not run is done: it starts from the files', async () => {
    const step = server({ address: elsewhere, weight: 7, shut: true })
    const before = await bench.effects.capture(step)
    await haproxy.stop()

    await bench.effects.perform(step, { groupFile: bench.groupFile })

    expect(await bench.effects.capture(step)).toBe('null')
    expect(await bench.effects.check(step)).toBe('done')
    await revert(step, before)
  })

  test('of a server that is not there it is said, with what to do', async () => {
    await expect(perform(bench, server({ server: 'nobody', state: 'ready' }))).rejects.toMatchObject({
      message: expect.stringContaining('/proxy reload'),
    })
  })

  test('nobody is served where no HAProxy runs, and nobody waits until it finds somebody alive', async () => {
    await haproxy.stop()
    expect(await sessions(0)).toBe(true)
    expect(await isUp('jail_shop')).toBe(true)
  })
})

describe('haproxy-server-up', () => {
  test('without a check it is; by its check it is not before it was found alive', async () => {
    expect(await isUp('jail_blog')).toBe(true)
    expect(await isUp('jail_none')).toBe(false)
    await vi.waitFor(async () => expect(await isUp('jail_shop')).toBe(false), { interval: 50 })
  })
})
