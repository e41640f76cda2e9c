import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lookAtLatencies } from '../../src/host/proxy/latencies.ts'
import { readServers } from '../../src/host/proxy/stat-servers.ts'
import { lookAtDown, lookAtTraffic } from '../../src/host/proxy/traffic.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { createTrafficCounts } from '../../src/worker/traffic-counts.ts'
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

const look = () => lookAtTraffic(shell, front.layout.haproxy.socket)
const tell = (command: string) => shell.exchange(front.layout.haproxy.socket, `${command}\n`, 5)
async function ask(host: string, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) await front.ask(host)
}

it.each(['reloaded', 'killed'] as const)('counts go on over a HAProxy that is %s', async (how) => {
  const counts = createTrafficCounts({ now: 0, downToday: new Map() })
  await ask('blog.example.com', 2)
  counts.take(await look(), [], 1000)
  await ask('blog.example.com', 5)
  counts.take(await look(), [], 2000)
  const before = await look()
  await front.again(how)
  await ask('blog.example.com', 3)
  await ask('shop.example.com', 1)
  const after = await look()

  counts.take(after, [], 3000)

  expect(after.pid).not.toBe(before.pid)
  expect(counts.sinceLook('ana')?.backends).toMatchObject({ jail_blog: { requests: 8 }, jail_shop: { requests: 1 } })
})

it('the front counts also whom nobody answered', async () => {
  const before = await look()
  await ask('nobody.example.com', 3)

  const after = await look()

  expect(after.front.requests - before.front.requests).toBe(3)
  expect(after.front.errors4xx - before.front.errors4xx).toBe(3)
  expect(after.backends.map(({ name }) => name)).not.toContain('none')
})

describe('who is down', () => {
  it('is who should answer and does not', async () => {
    await tell('set server jail_shop/shop health down')

    expect((await look()).backends.find(({ name }) => name === 'jail_shop')?.isUp).toBe(false)
    expect(await lookAtDown(shell, front.layout.haproxy.socket, ['jail_blog', 'jail_shop'])).toMatchObject([{ name: 'jail_shop' }])
  })

  it.each(['maint', 'drain'])('is not who is in %s', async (state) => {
    await tell(`set server jail_shop/shop state ${state}`)

    expect((await look()).backends.find(({ name }) => name === 'jail_shop')?.isUp).toBe(false)
    expect(await lookAtDown(shell, front.layout.haproxy.socket, ['jail_shop'])).toEqual([])
  })

  it('is asked of hundreds of names, also such as are not there', async () => {
    await tell('set server jail_shop/shop health down')
    const names = Array.from({ length: 250 }, (_, index) => `jail_gone${index}`)

    expect(await lookAtDown(shell, front.layout.haproxy.socket, [...names, 'jail_shop', 'x; disable server jail_blog/blog'])).toMatchObject(
      [{ name: 'jail_shop' }],
    )
    expect((await front.ask('blog.example.com')).status).toBe(200)
  })
})

describe('the servers of backends', () => {
  const titles = '# pxname,last_chk,lastchg,svname,status,check_duration,check_code,check_status,addr'

  it('are found by titles, wherever they stand, and a quoted text is one field', () => {
    const rows = [
      titles,
      'jail_blog,"refused, ""really""",7,blog,DOWN,3,200,* L7STS,10.0.0.5:80',
      'jail_blog,,,shop,UP,,,,',
      '',
      'No such proxy.',
    ]

    expect(readServers(rows.join('\n'))).toEqual([
      {
        backend: 'jail_blog',
        name: 'blog',
        address: '10.0.0.5:80',
        status: 'DOWN',
        since: 7,
        checkStatus: 'L7STS',
        checkCode: '200',
        checkMilliseconds: '3',
        lastCheck: 'refused, "really"',
      },
      expect.objectContaining({ name: 'shop', status: 'UP', since: 0, lastCheck: '' }),
    ])
  })

  it('are none where a column is missing: it is something else than expected', () => {
    expect(() => readServers('# pxname,svname,status\njail_blog,blog,UP')).toThrow('something else')
  })
})

const line = (at: number, took: number) => `shop.example.com shop.example.com ${at} 10.0.0.1 200 5 ${took} jail_shop s -- GET /\n`

describe('what requests took', () => {
  it('is known of those that ended since, by backend, however often it is asked', async () => {
    const { socket } = front.layout.haproxy
    await ask('blog.example.com', 3)
    const first = await lookAtLatencies(shell, socket, 0)
    await ask('shop.example.com', 2)

    const second = await lookAtLatencies(shell, socket, first.until)

    expect(first.byBackend.get('jail_blog')).toHaveLength(3)
    expect(second.byBackend.has('jail_blog')).toBe(false)
    expect(second.byBackend.get('jail_shop')?.length).toBeGreaterThan(0)
  })

  it('of slow ones is counted when they end', async () => {
    const slow = { ...shell, exchange: async () => line(1_700_000_000_000, 9000) + line(1_700_000_001_000, 10) }

    const { until, byBackend } = await lookAtLatencies(slow, '/sock', 1_700_000_005_000)

    expect([until, byBackend.get('jail_shop')]).toEqual([1_700_000_009_000, [9000]])
  })

  it('is unknown of a HAProxy without a log', async () => {
    const without = { ...shell, exchange: () => Promise.reject(new Error('No such event sink')) }

    expect(await lookAtLatencies(without, '/sock', 7)).toEqual({ until: 7, byBackend: new Map() })
  })
})
