import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { startHaproxy, type TestHaproxy } from '../host/proxy-socket-haproxy.ts'
import { type Bench, makeBench, stepOf } from './effects-bench.ts'

let bench: Bench
let haproxy: TestHaproxy
beforeEach(async () => {
  bench = makeBench()
  haproxy = await startHaproxy('blog.example.com jail_blog\n')
})
afterEach(async () => {
  await haproxy.stop()
  await bench.end()
})

const socket = () => createHaproxySocket(bench.shell, haproxy.socket)
const servers = [
  { server: 'one', place: { address: '127.0.0.9', port: 80 }, weight: 90 },
  { server: 'two', place: { address: '127.0.0.9', port: 81 }, weight: 10 },
]
const backend = (name: string, wanted: typeof servers) =>
  stepOf({ kind: 'proxy-backend', socket: haproxy.socket, backend: name, servers: wanted })
const perform = (step: Step) => bench.effects.perform(step, { groupFile: bench.groupFile })
const revert = (step: Step, before: string | null) => bench.effects.revert(step, before, { groupFile: bench.groupFile })

/** Backends that come and go came with 3.4. */
async function isDynamic(): Promise<boolean> {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec((await socket().info()).get('Version') ?? '') ?? []
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 4)
}

describe('proxy-backend', () => {
  test('comes with its servers and goes, each twice; an older HAProxy says that it did not', async () => {
    const step = backend('site_new', servers)
    const before = await bench.effects.capture(step)
    expect(await bench.effects.check(step)).toBe('not')
    if (!(await isDynamic())) {
      await expect(perform(step)).rejects.toMatchObject({ code: 'step_failed', message: expect.stringContaining('site_new') })
      return
    }
    for (let turn = 0; turn < 2; turn += 1) await perform(step)
    expect(await bench.effects.check(step)).toBe('done')
    expect(await socket().server('site_new', 'two')).toEqual({ address: '127.0.0.9', port: 81, weight: 10, state: 'ready' })
    for (let turn = 0; turn < 2; turn += 1) await revert(step, before)
    expect(await socket().backends()).not.toContain('site_new')
  })

  test('made half by a worker that was killed, it is made whole', async ({ skip }) => {
    skip(!(await isDynamic()), 'before 3.4')
    await bench.shell.exchange(haproxy.socket, 'add backend site_new from jail\n', 5)
    await bench.shell.exchange(haproxy.socket, 'add server site_new/one 127.0.0.9:80 weight 90\n', 5)
    const step = backend('site_new', servers)
    expect(await bench.effects.check(step)).toBe('half')
    await perform(step)
    expect(await bench.effects.check(step)).toBe('done')
  })

  test('one of the files goes and comes back', async ({ skip }) => {
    skip(!(await isDynamic()), 'before 3.4')
    const step = backend('jail_shop', [])
    const former = await socket().servers('jail_shop')
    const before = await bench.effects.capture(step)
    for (let turn = 0; turn < 2; turn += 1) await perform(step)
    expect(await socket().backends()).not.toContain('jail_shop')
    for (let turn = 0; turn < 2; turn += 1) await revert(step, before)
    expect(await socket().servers('jail_shop')).toEqual(former)
  })
})
