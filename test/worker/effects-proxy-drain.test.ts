import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { reconcile } from '../../src/host/proxy/reconcile.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { type OurHaproxy, startOurHaproxy } from '../host/our-haproxy.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

let bench: Bench
let front: OurHaproxy
beforeEach(async () => {
  bench = makeBench()
  front = await startOurHaproxy(['blog', 'shop'], { hosts: 'blog.example.com jail_blog\nshop.example.com jail_shop\n' })
})
afterEach(async () => {
  await bench.end()
  await front.stop()
})

const file = () => join(front.layout.haproxy.configFolder, '20-jail_blog.cfg')
const turned = (on: boolean, more: { server?: string; backend?: string } = {}): Step => {
  const { socket, configFolder } = front.layout.haproxy
  return stepOf({ kind: 'proxy-drain', socket, folder: configFolder, backend: 'jail_blog', server: 'blog', on, ...more })
}
const weight = async () => (await createHaproxySocket(bench.shell, front.layout.haproxy.socket).server('jail_blog', 'blog'))?.weight
const say = (command: string) => bench.shell.exchange(front.layout.haproxy.socket, `${command}\n`, 5)
const status = async (host = 'blog.example.com') => (await front.ask(host)).status
const revert = (step: Step, before: string | null) => bench.effects.revert(step, before, { groupFile: bench.groupFile })
const again = (step: Step) => bench.effects.perform(step, { groupFile: bench.groupFile })

describe('a drained server', () => {
  it('gets no requests, its neighbour all of its own; and comes back, each also done twice', async () => {
    const text = readFileSync(file(), 'utf8')

    expect(await bench.effects.check(turned(true))).toBe('not')
    await perform(bench, turned(true))
    await again(turned(true))
    const drained = [await bench.effects.check(turned(true)), await weight(), await status(), await status('shop.example.com')]
    await perform(bench, turned(false))
    await again(turned(false))

    expect(drained).toEqual(['done', 0, 503, 200])
    expect([await bench.effects.check(turned(false)), await weight(), await status()]).toEqual(['done', 100, 200])
    expect(readFileSync(file(), 'utf8')).toBe(text)
  })

  it.each(['reloaded', 'killed'] as const)('stays so when HAProxy is %s, and where it is held against its files', async (how) => {
    await perform(bench, turned(true))

    await front.again(how)
    const seen = [await weight(), await status()]

    expect(seen).toEqual([0, 503])
    expect(await reconcile(bench.shell, front.layout)).toEqual({ mended: [], lacking: [], problems: [] })
  })

  it('that only the file has is half done, and mended by a look', async () => {
    await perform(bench, turned(true))
    await say('set server jail_blog/blog weight 100')

    expect(await bench.effects.check(turned(true))).toBe('half')
    expect((await reconcile(bench.shell, front.layout)).mended).toHaveLength(1)
    expect(await bench.effects.check(turned(true))).toBe('done')
  })

  it('is taken back to the weight of its file, however much of it was done, and after a reload too', async () => {
    const before = await bench.effects.capture(turned(true))
    await revert(turned(true), before)
    await again(turned(true))
    await front.again('reloaded')
    await revert(turned(true), before)
    await revert(turned(true), before)

    expect([await weight(), await status()]).toEqual([100, 200])
  })

  it('taken back, it answers: a jail that was stopped meanwhile HAProxy first has to find alive', async () => {
    const before = await perform(bench, turned(true))
    await say('set server jail_blog/blog health down')

    await revert(turned(true), before)

    expect(await status()).toBe(200)
  })

  it('that was not alive before is not waited for', async () => {
    await say('set server jail_blog/blog health down')
    const before = await bench.effects.capture(turned(true))
    await again(turned(true))

    await revert(turned(true), before)

    expect([await weight(), await status()]).toEqual([100, 503])
  })

  it('is drained again where that it is ready is taken back', async () => {
    await perform(bench, turned(true))
    const before = await perform(bench, turned(false))

    await revert(turned(false), before)

    expect([await weight(), await bench.effects.check(turned(true))]).toEqual([0, 'done'])
  })

  it('that a person had drained at the socket alone is ready with its file', async () => {
    await perform(bench, turned(true))
    await say('set server jail_blog/blog state drain')

    await perform(bench, turned(false))

    expect(await status()).toBe(200)
  })
})

it('where HAProxy does not run the file says it, and so does its next start', async () => {
  await front.stop()
  const other = await startOurHaproxy(['blog'], { hosts: 'blog.example.com jail_blog\n' })
  front = other
  const away = { ...turned(true), action: { ...turned(true).action, socket: join(bench.folder, 'nobody.sock') } }

  await perform(bench, stepOf(away.action))

  expect(await bench.effects.check(stepOf(away.action))).toBe('done')
  await front.again('killed')
  expect([await weight(), await status()]).toEqual([0, 503])
})

describe('a server that is not in the file', () => {
  it('is drained as it is, and cannot be ready', async () => {
    await perform(bench, turned(true, { server: 'gone' }))

    expect(await bench.effects.check(turned(true, { server: 'gone' }))).toBe('done')
    await expect(perform(bench, turned(false, { server: 'gone' }))).rejects.toMatchObject({ code: 'step_failed' })
  })

  it('because the file is somebody else’s leaves that as it is', async () => {
    const theirs = readFileSync(file(), 'utf8').replace('# jailops', '# ours')
    writeFileSync(file(), theirs)

    await perform(bench, turned(true))

    expect([readFileSync(file(), 'utf8'), await weight()]).toEqual([theirs, 100])
  })
})

it('what HAProxy would not start with is not written', async () => {
  writeFileSync(join(front.layout.haproxy.configFolder, '90-theirs.cfg'), 'backend broken\n  nonsense\n')
  const text = readFileSync(file(), 'utf8')

  await expect(perform(bench, turned(true))).rejects.toMatchObject({ code: 'config_invalid' })

  expect([readFileSync(file(), 'utf8'), await weight()]).toEqual([text, 100])
})
