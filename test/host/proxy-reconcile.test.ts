import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backendText } from '../../src/host/proxy/backend-file.ts'
import { mapFile } from '../../src/host/proxy/maps.ts'
import { reconcile } from '../../src/host/proxy/reconcile.ts'
import { runningMap, runningServers } from '../../src/host/proxy/running-state.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { type OurHaproxy, startOurHaproxy } from './our-haproxy.ts'

let front: OurHaproxy
let shell: Shell
beforeEach(async () => {
  front = await startOurHaproxy(['blog', 'shop'], { hosts: 'blog.example.com jail_blog\nshop.example.com jail_shop\n' })
  shell = createLocalShell({ programFolders: ['/usr/sbin', '/bin'], jailRoots: front.layout.haproxy.configFolder })
})
afterEach(async () => {
  await shell.stop()
  await front.stop()
})

const hosts = () => mapFile(front.layout, 'hosts')
const tell = (command: string) => shell.exchange(front.layout.haproxy.socket, `${command}\n`, 5)
const running = async (server: string) => (await runningServers(shell, front.layout.haproxy.socket)).get(server)
const toldBy = async (work: (recorded: Shell) => Promise<unknown>) => {
  const told: string[] = []
  await work({
    ...shell,
    exchange: (socket, text, seconds) => {
      told.push(text)
      return shell.exchange(socket, text, seconds)
    },
  })
  return told
}
const lines = (backend: string) => Array.from({ length: 10_000 }, (_, index) => `h${index}.example.com ${backend}\n`).join('')
const nothing = { mended: [], lacking: [], problems: [] }

it('has nothing to mend where both agree, also after a kill -9 and a start', async () => {
  const before = await reconcile(shell, front.layout)
  await front.again('killed')

  expect(before).toEqual(nothing)
  expect(await reconcile(shell, front.layout)).toEqual(nothing)
})

describe('the running maps', () => {
  it.each([
    ['a host that no file has', (map: string) => `add map ${map} evil.example.com jail_blog`],
    ['a host that leads elsewhere', (map: string) => `set map ${map} shop.example.com jail_blog`],
    ['a host that is gone', (map: string) => `del map ${map} shop.example.com`],
    ['a second copy of a host', (map: string) => `add map ${map} shop.example.com jail_blog`],
    ['no lines at all', (map: string) => `clear map ${map}`],
  ])('with %s are as the files again', async (_, tampering) => {
    await tell(tampering(hosts()))

    const { mended, ...rest } = await reconcile(shell, front.layout)

    expect(mended).toEqual([expect.stringContaining(hosts())])
    expect(rest).toEqual({ lacking: [], problems: [] })
    expect((await front.ask('shop.example.com')).tenant?.tenant).toBe('shop')
    expect((await front.ask('evil.example.com')).status).toBe(421)
    expect(await reconcile(shell, front.layout)).toEqual(nothing)
  })

  it('of 10,000 lines, each changed, are replaced as a whole', async () => {
    writeFileSync(hosts(), lines('jail_blog'))
    await front.again('killed')
    writeFileSync(hosts(), lines('jail_shop'))

    const { mended } = await reconcile(shell, front.layout)

    expect(mended).toHaveLength(1)
    expect(new Set((await runningMap(shell, front.layout.haproxy.socket, hosts()))?.map(({ value }) => value))).toEqual(
      new Set(['jail_shop']),
    )
    expect((await front.ask('h9999.example.com')).tenant?.tenant).toBe('shop')
  })

  it('that an old HAProxy does not know need a reload', async () => {
    const path = join(front.layout.haproxy.configFolder, '10-front.cfg')
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^.*maintenance\.map.*\n/gm, ''))
    await front.again('killed')

    expect(await reconcile(shell, front.layout)).toMatchObject({ lacking: [expect.stringContaining('maintenance.map')], problems: [] })
  })
})

describe('the running servers', () => {
  it.each([
    'set server jail_shop/shop addr 127.0.0.1 port 9',
    'set server jail_shop/shop state maint',
    'set server jail_shop/shop state drain',
    'set server jail_shop/shop weight 3',
  ])('after "%s" are as the files again', async (tampering) => {
    const before = await running('jail_shop/shop')
    await tell(tampering)

    const { mended, ...rest } = await reconcile(shell, front.layout)

    expect(mended).toEqual([expect.stringContaining('jail_shop/shop')])
    expect(rest).toEqual({ lacking: [], problems: [] })
    expect(await running('jail_shop/shop')).toEqual(before)
    expect((await front.ask('shop.example.com')).tenant?.tenant).toBe('shop')
  })

  it('that lead elsewhere are out of the way before a line of a map changes: no site is ever shown by another jail', async () => {
    writeFileSync(hosts(), 'shop.example.com jail_shop\n')
    await tell('set server jail_shop/shop addr 127.0.0.1 port 9')

    const told = await toldBy((recorded) => reconcile(recorded, front.layout))

    const order = [/^set server jail_shop\/shop state maint/, /^commit map /, /^set server jail_shop\/shop addr /, /^set server .* ready/]
    const at = order.map((pattern) => told.findIndex((line) => pattern.test(line)))
    expect(at).not.toContain(-1)
    expect(at).toEqual(at.toSorted((a, b) => a - b))
    expect((await front.ask('shop.example.com')).tenant?.tenant).toBe('shop')
  })

  it('that only have another weight, or are drained, go on meanwhile', async () => {
    await tell('set server jail_shop/shop weight 3')
    await tell('set server jail_blog/blog state drain')

    expect((await toldBy((recorded) => reconcile(recorded, front.layout))).filter((line) => line.includes('state maint'))).toEqual([])
  })

  it('of nobody are put out of the way; one that was made ready is ready', async () => {
    const path = join(front.layout.haproxy.configFolder, '20-slot_01.cfg')
    const spare = { server: 's', place: { address: '192.0.2.1', port: 9 }, weight: 100 }
    writeFileSync(path, backendText('slot_01', [spare]))
    await front.again('killed')
    await tell('set server slot_01/s addr 127.0.0.1 port 9')
    await tell('set server slot_01/s state ready')

    await reconcile(shell, front.layout)
    const asSpare = await running('slot_01/s')
    writeFileSync(path, backendText('slot_01', [{ ...spare, jail: 'blog', place: { address: '127.0.0.1', port: 9 } }]))
    await reconcile(shell, front.layout)

    expect(asSpare).toMatchObject({ address: '192.0.2.1', state: 'maint' })
    expect(await running('slot_01/s')).toMatchObject({ address: '127.0.0.1', state: 'ready' })
    expect(await reconcile(shell, front.layout)).toEqual(nothing)
  })

  it('that are drained for long, by their weight, stay drained', async () => {
    const path = join(front.layout.haproxy.configFolder, '20-jail_shop.cfg')
    writeFileSync(path, readFileSync(path, 'utf8').replace('weight 100', 'weight 0'))
    await front.again('killed')
    await tell('set server jail_shop/shop state drain')

    expect(await reconcile(shell, front.layout)).toEqual(nothing)
  })

  it('that only the files have need a reload', async () => {
    const path = join(front.layout.haproxy.configFolder, '20-jail_fresh.cfg')
    writeFileSync(
      path,
      backendText('jail_fresh', [{ server: 'fresh', jail: 'fresh', place: { address: '127.0.0.1', port: 9 }, weight: 1 }]),
    )

    const before = await reconcile(shell, front.layout)
    await front.again('reloaded')

    expect(before).toMatchObject({ lacking: ['The running HAProxy has no jail_fresh/fresh.'] })
    expect(await reconcile(shell, front.layout)).toEqual(nothing)
  })
})

describe('what is not ours is never "mended"', () => {
  it.each([
    ['shop.example.com jail_blog jail_shop', 'three words'],
    ['shop.example.com', 'no value'],
    ['shop.example.com;evil jail_blog', 'a character that could mean something else'],
    ['Shop.Example.com jail_blog', 'another spelling'],
  ])('a map file with %j', async (line) => {
    writeFileSync(hosts(), `blog.example.com jail_shop\n${line}\n`)

    expect(await reconcile(shell, front.layout)).toEqual({
      ...nothing,
      problems: [`${hosts()} has a line that jailops did not write: line 2.`],
    })
    expect((await front.ask('blog.example.com')).tenant?.tenant).toBe('blog')
  })

  it('a map file that is not there', async () => {
    rmSync(hosts())

    expect(await reconcile(shell, front.layout)).toEqual({ ...nothing, problems: [`${hosts()} is missing.`] })
    expect((await front.ask('blog.example.com')).tenant?.tenant).toBe('blog')
  })

  it('a server that somebody wrote into a file of ours; a file of somebody else is not even a problem', async () => {
    const path = join(front.layout.haproxy.configFolder, '20-jail_shop.cfg')
    writeFileSync(path, `${readFileSync(path, 'utf8')}  server mine 127.0.0.1:9\n`)
    writeFileSync(join(front.layout.haproxy.configFolder, '20-mine.cfg'), 'backend mine from jail\n  server mine 127.0.0.1:9\n')

    expect(await reconcile(shell, front.layout)).toEqual({
      ...nothing,
      problems: [`${path} has a server that jailops did not write.`],
    })
  })
})
