import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHaproxySocket } from '../../src/host/proxy/socket.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { startHaproxy, type TestHaproxy } from './proxy-socket-haproxy.ts'

const shell = createLocalShell({ programFolders: ['/bin'], jailRoots: '/nonexistent' })

/** A shell whose HAProxy answers like this. */
const answering = (answer: (command: string) => string): Shell => ({ ...shell, exchange: async (_, text) => answer(text.trim()) })

describe('the run-time socket of a real HAProxy', () => {
  let haproxy: TestHaproxy | undefined
  beforeAll(async () => {
    haproxy = await startHaproxy('blog.example.com jail_blog\ntwice.example.com jail_blog\ntwice.example.com jail_shop\n')
  })
  afterAll(() => haproxy?.stop())

  const running = (): TestHaproxy => {
    if (haproxy === undefined) throw new Error('HAProxy did not start')
    return haproxy
  }
  const socket = () => createHaproxySocket(shell, running().socket)
  const raw = (command: string) => shell.exchange(running().socket, `${command}\n`, 5)
  const copiesOf = async (key: string) =>
    (await raw(`show map ${running().map}`)).split('\n').filter((line) => line.split(' ')[1] === key).length

  test('info and stat', async () => {
    const info = await socket().info()
    expect(info.get('Version')).toMatch(/^\d+\.\d+/)
    expect(Number(info.get('Uptime_sec'))).toBeGreaterThanOrEqual(0)
    const rows = await socket().stat()
    const shop = rows.find(({ proxy, server }) => proxy === 'jail_shop' && server === 'BACKEND')
    expect(shop).toMatchObject({ sessions: 0, errors5xx: 0, since: expect.any(Number) })
    expect(rows.find(({ proxy, server }) => proxy === 'jail_blog' && server === 's')).toMatchObject({ status: 'no check', checkStatus: '' })
    expect(rows.find(({ server }) => server === 'FRONTEND')).toMatchObject({ proxy: 'web', status: 'OPEN' })
  })

  test('backends and their addresses', async () => {
    expect(await socket().backends()).toEqual(['none', 'jail_blog', 'jail_shop'])
    expect(await socket().serverAddress('jail_blog')).toBe('127.0.0.2:18080')
    expect(await socket().serverAddress('jail_none')).toBeUndefined()
    expect(await socket().serverAddress('none')).toBeUndefined()
  })

  test('an entry comes, changes and goes', async () => {
    const { map } = running()
    expect(await socket().mapValue(map, 'new.example.com')).toBeUndefined()
    await socket().setMapEntry(map, 'new.example.com', 'jail_blog')
    await socket().setMapEntry(map, 'new.example.com', 'jail_blog')
    expect(await socket().mapValue(map, 'new.example.com')).toBe('jail_blog')
    expect(await copiesOf('new.example.com')).toBe(1)
    await socket().setMapEntry(map, 'new.example.com', 'jail_shop')
    expect(await socket().mapValue(map, 'new.example.com')).toBe('jail_shop')
    await socket().deleteMapEntry(map, 'new.example.com')
    await socket().deleteMapEntry(map, 'new.example.com')
    expect(await socket().mapValue(map, 'new.example.com')).toBeUndefined()
    expect(await socket().mapValue(map, 'blog.example.com')).toBe('jail_blog')
  })

  test('wildcards are keys like any other', async () => {
    const { map } = running()
    await socket().setMapEntry(map, '*.example.org', 'jail_blog')
    expect(await socket().mapValue(map, '*.example.org')).toBe('jail_blog')
  })

  test('of several copies the one that decides is changed, and all of them are deleted', async () => {
    const { map } = running()
    expect(await copiesOf('twice.example.com')).toBe(2)
    await socket().setMapEntry(map, 'twice.example.com', 'jail_other')
    expect(await socket().mapValue(map, 'twice.example.com')).toBe('jail_other')
    await socket().deleteMapEntry(map, 'twice.example.com')
    expect(await copiesOf('twice.example.com')).toBe(0)
  })

  test('one backend of many is asked for alone', async () => {
    expect((await socket().statOf('jail_shop')).map(({ proxy, server }) => `${proxy}/${server}`)).toEqual([
      'jail_shop/s',
      'jail_shop/BACKEND',
    ])
    expect(await socket().statOf('jail_none')).toEqual([])
  })

  test('words that could mean something else never reach it', async () => {
    const { map } = running()
    const bad = ['a;disable server jail_blog/s', 'a\nshow info', 'a b', '', '*', 'a.*.b', 'A.example', '#0', '"a"', 'a\\ b', '<<']
    for (const key of bad) await expect(socket().setMapEntry(map, key, 'jail_blog')).rejects.toMatchObject({ code: 'bad_argument' })
    for (const value of bad.filter((word) => word !== 'A.example')) {
      await expect(socket().setMapEntry(map, 'a.b', value)).rejects.toMatchObject({ code: 'bad_argument' })
    }
    for (const name of bad) await expect(socket().serverAddress(name)).rejects.toMatchObject({ code: 'bad_argument' })
    await expect(socket().mapValue('#0', 'a.b')).rejects.toMatchObject({ code: 'bad_argument' })
    await expect(socket().deleteMapEntry(`${map};show info`, 'a.b')).rejects.toMatchObject({ code: 'bad_argument' })
    await expect(socket().setMapEntry(map, 'a'.repeat(13_000), 'jail_blog')).rejects.toMatchObject({ code: 'bad_argument' })
  })

  test('a map that it does not have is an error in its own words', async () => {
    await expect(socket().mapValue('/none.map', 'a.b')).rejects.toMatchObject({
      message: expect.stringContaining('Unknown map identifier'),
    })
    await expect(socket().setMapEntry('/none.map', 'a.b', 'c')).rejects.toMatchObject({ code: 'step_failed' })
    await expect(socket().deleteMapEntry('/none.map', 'a.b')).rejects.toMatchObject({ code: 'step_failed' })
  })
})

describe('other versions and liars', () => {
  test('one that answers nothing and does nothing is found out', async () => {
    const liar = answering((command) => (command.startsWith('get') ? 'type=str, case=sensitive, found=no\n\n' : '\n'))
    await expect(createHaproxySocket(liar, '/s').setMapEntry('/m', 'a.b', 'c')).rejects.toMatchObject({ code: 'step_failed' })
  })

  test('3.4 deletes one copy a time', async () => {
    let copies = 3
    const newer = answering((command) => {
      if (command.startsWith('del map')) copies -= 1
      const found = copies > 0 ? 'match=yes, idx=tree, key="a.b", val="c", type="str"' : 'match=no'
      return command.startsWith('get map') ? `type=str, case=sensitive, ${found}\n\n` : '\n'
    })
    await createHaproxySocket(newer, '/s').deleteMapEntry('/m', 'a.b')
    expect(copies).toBe(0)
  })

  test('one that never deletes does not keep us for ever', async () => {
    const stubborn = answering((command) => (command.startsWith('get map') ? 'found=yes, key="a.b", value="c"\n' : '\n'))
    await expect(createHaproxySocket(stubborn, '/s').deleteMapEntry('/m', 'a.b')).rejects.toMatchObject({ code: 'step_failed' })
  })

  test('quoted CSV fields and unknown columns', async () => {
    const odd = answering(() => '# pxname,last_chk,svname,new,status,hrsp_5xx,\nweb,"a, ""b""",BACKEND,?,UP,7,\n\n')
    expect(await createHaproxySocket(odd, '/s').stat()).toMatchObject([
      { proxy: 'web', server: 'BACKEND', status: 'UP', errors5xx: 7, errors4xx: 0 },
    ])
  })
})
