import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { startHaproxy, type TestHaproxy } from '../host/proxy-socket-haproxy.ts'
import { type Bench, makeBench, perform, stepOf } from './effects-bench.ts'

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

const revert = (step: Step, before: string | null) => bench.effects.revert(step, before, { groupFile: bench.groupFile })

const entry = (key: string, value: string | null) => stepOf({ kind: 'proxy-map', socket: haproxy.socket, path: haproxy.map, key, value })
const valueOf = (key: string) => createHaproxySocket(bench.shell, haproxy.socket).mapValue(haproxy.map, key)
const holds = (backend: string, server: string | null) =>
  bench.effects.holds({ kind: 'haproxy-backend', socket: haproxy.socket, backend, server })
const config = (content: string | null, name = '30-new.cfg') =>
  stepOf({ kind: 'haproxy-config', folder: haproxy.configFolder, name, content })
const configNames = () => readdirSync(haproxy.configFolder).toSorted()

describe('proxy-map', () => {
  test.each([
    ['new.example.com', 'jail_shop'],
    ['blog.example.com', 'jail_shop'],
    ['blog.example.com', null],
  ])('%s to %s and back, each twice', async (key, wanted) => {
    const step = entry(key, wanted)
    const former = await valueOf(key)
    const before = await bench.effects.capture(step)
    expect(await bench.effects.check(step)).toBe('not')
    await revert(step, before)
    for (let turn = 0; turn < 2; turn += 1) await bench.effects.perform(step, { groupFile: bench.groupFile })
    expect(await bench.effects.check(step)).toBe('done')
    expect(await valueOf(key)).toBe(wanted ?? undefined)
    for (let turn = 0; turn < 2; turn += 1) await revert(step, before)
    expect(await valueOf(key)).toBe(former)
  })

  test('begun, nobody sees it; performed, both know it; called off, nothing is left', async () => {
    const step = entry('new.example.com', 'jail_shop')
    const old = readFileSync(haproxy.map, 'utf8')
    const first = await bench.effects.begin(step)
    expect(readFileSync(haproxy.map, 'utf8')).toBe(old)
    expect(await valueOf('new.example.com')).toBeUndefined()
    await first.callOff()
    expect(readdirSync(dirname(haproxy.map)).filter((name) => name.endsWith('draft'))).toEqual([])

    const { before, perform: make, settled } = await bench.effects.begin(step)
    await make({ groupFile: bench.groupFile })
    await settled()

    expect(await bench.effects.check(step)).toBe('done')
    expect(readFileSync(haproxy.map, 'utf8')).toBe(`${old}new.example.com jail_shop\n`)
    await revert(step, before)
    expect(readFileSync(haproxy.map, 'utf8')).toBe(old)
  })

  test('two lines of one file that are begun at once are both there', async () => {
    const both = [entry('one.example.com', 'jail_shop'), entry('two.example.com', null), entry('two.example.com', 'jail_shop')]
    await Promise.all(both.map((step) => bench.effects.begin(step).then((first) => first.perform({ groupFile: bench.groupFile }))))
    expect(await valueOf('one.example.com')).toBe('jail_shop')
    expect(readFileSync(haproxy.map, 'utf8')).toContain('one.example.com jail_shop\ntwo.example.com jail_shop\n')
  })

  test('words that would mean something else to HAProxy make no draft', async () => {
    await expect(bench.effects.begin(entry('new.example.com', 'jail_shop; show env'))).rejects.toMatchObject({ code: 'bad_argument' })
    expect(readdirSync(dirname(haproxy.map)).filter((name) => name.endsWith('draft'))).toEqual([])
  })

  test('without a running HAProxy it is the file that changes, and comes back', async () => {
    const { action } = entry('new.example.com', 'jail_shop')
    const step = stepOf({ ...action, ...(action.kind === 'proxy-map' && { socket: `${haproxy.socket}.gone` }) })
    const old = readFileSync(haproxy.map, 'utf8')
    const before = await perform(bench, step)
    expect(await bench.effects.check(step)).toBe('done')
    expect(readFileSync(haproxy.map, 'utf8')).toBe(`${old}new.example.com jail_shop\n`)
    await revert(step, before)
    expect(readFileSync(haproxy.map, 'utf8')).toBe(old)
  })

  test('what only one of the two knows is half done', async () => {
    const step = entry('new.example.com', 'jail_shop')
    await perform(bench, step)
    await createHaproxySocket(bench.shell, haproxy.socket).deleteMapEntry(haproxy.map, 'new.example.com')
    expect(await bench.effects.check(step)).toBe('half')
    await perform(bench, step)
    expect(await bench.effects.check(step)).toBe('done')
  })

  test("somebody else's value stays", async () => {
    const step = entry('new.example.com', 'jail_shop')
    const before = await perform(bench, step)
    await createHaproxySocket(bench.shell, haproxy.socket).setMapEntry(haproxy.map, 'new.example.com', 'jail_other')
    await expect(revert(step, before)).rejects.toMatchObject({ code: 'undo_failed' })
  })
})

describe('haproxy-backend', () => {
  test('there at its address, elsewhere, not there', async () => {
    expect(await holds('jail_blog', '127.0.0.2:18080')).toBe(true)
    expect(await holds('jail_blog', '127.0.0.2:18081')).toBe(false)
    expect(await holds('jail_blog', null)).toBe(false)
    expect(await holds('jail_none', null)).toBe(true)
    expect(await holds('jail_none', '127.0.0.2:18080')).toBe(false)
    await haproxy.stop()
    expect(await holds('jail_none', null)).toBe(false)
  })
})

describe('haproxy-config', () => {
  const backend = 'backend jail_new from jail\n  server s 127.0.0.4:18080\n'

  test('a file comes and goes, each twice', async () => {
    const step = config(backend)
    const before = await bench.effects.capture(step)
    expect(await bench.effects.check(step)).toBe('not')
    for (let turn = 0; turn < 2; turn += 1) await bench.effects.perform(step, { groupFile: bench.groupFile })
    expect(await bench.effects.check(step)).toBe('done')
    expect(readFileSync(join(haproxy.configFolder, '30-new.cfg'), 'utf8')).toBe(backend)
    for (let turn = 0; turn < 2; turn += 1) await revert(step, before)
    expect(configNames()).toEqual(['10-front.cfg', '20-jails.cfg'])
    expect(readdirSync(bench.at('staging'))).toEqual([])
  })

  test('a removal comes back', async () => {
    const step = config(null, '20-jails.cfg')
    const text = readFileSync(join(haproxy.configFolder, '20-jails.cfg'), 'utf8')
    const before = await perform(bench, step)
    expect(configNames()).toEqual(['10-front.cfg'])
    await revert(step, before)
    expect(readFileSync(join(haproxy.configFolder, '20-jails.cfg'), 'utf8')).toBe(text)
  })

  test('what the whole folder does not bear is refused in the words of HAProxy, and nothing is touched', async () => {
    mkdirSync(join(haproxy.configFolder, 'maps'))
    writeFileSync(join(haproxy.configFolder, '.hidden.cfg'), 'nonsense')
    const wrong = { code: 'config_invalid', message: expect.stringContaining(`${haproxy.configFolder}/30-new.cfg:1`) }
    await expect(perform(bench, config('backend jail_new from nobody\n'))).rejects.toMatchObject(wrong)
    // a name that another file has already
    const twice = config('backend jail_blog from jail\n  server s 127.0.0.4:1\n')
    await expect(perform(bench, twice)).rejects.toMatchObject({ code: 'config_invalid' })
    // the one section that others need
    await expect(perform(bench, config(null, '10-front.cfg'))).rejects.toMatchObject({ code: 'config_invalid' })
    expect(configNames()).toEqual(['.hidden.cfg', '10-front.cfg', '20-jails.cfg', 'maps'])
    expect(existsSync(join(haproxy.configFolder, '30-new.cfg'))).toBe(false)
    expect(readdirSync(bench.at('staging'))).toEqual([])
  })
})
