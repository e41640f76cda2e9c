import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChanges } from '../../src/bot/changes.ts'
import { fromHost, hear, incoming, lastCard, makeWorld, sentTo, startBot, web1, web2 } from './bot-bench.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('what hosts have', () => {
  it.each([
    ['nothing has happened', () => undefined, true],
    ['a change ended', ({ ended }) => ended('web1', 10), false],
    ['and the host looked after it', ({ ended, told }) => (ended('web1', 10), told('web1', 10)), true],
    ['and the host had begun to look before it', ({ ended, told }) => (ended('web1', 10), told('web1', 9)), false],
    ['and another host looked', ({ ended, told }) => (ended('web1', 10), told('web2', 11)), false],
    ['its word overtook the change’s', ({ ended, told }) => (told('web1', 11), ended('web1', 10)), true],
    ['a second one ended since', ({ ended, told }) => (ended('web1', 10), ended('web1', 20), told('web1', 15)), false],
  ] satisfies [string, (changes: ReturnType<typeof createChanges>) => void, boolean][])('%s', (_, happen, told) => {
    const changes = createChanges()
    happen(changes)
    expect(changes.areTold()).toBe(told)
  })

  it('is waited for, of all that changed, and not for ever', async () => {
    const changes = createChanges(3000)
    const seen: string[] = []
    changes.ended('web1', 10)
    changes.ended('web2', 10)
    void changes.whenTold().then(() => seen.push('told'))

    changes.told('web1', 11)
    await vi.advanceTimersByTimeAsync(2900)
    expect(seen).toEqual([])
    await vi.advanceTimersByTimeAsync(200)

    expect([seen, changes.areTold()]).toEqual([['told'], true])
  })
})

it('on hosts that are changed all the time is not waited for longer than that', async () => {
  const changes = createChanges(3000)
  let told = false
  const busy = (host: string, begin: number) => {
    for (let turn = 0; turn < 5; turn++) {
      setTimeout(() => changes.ended(host, turn), begin + turn * 2400)
      setTimeout(() => changes.told(host, turn), begin + turn * 2400 + 1300)
    }
  }
  busy('web1', 0)
  busy('web2', 1200)
  await vi.advanceTimersByTimeAsync(100)
  void changes.whenTold().then(() => (told = true))
  await vi.advanceTimersByTimeAsync(3000)
  expect([told, changes.areTold()]).toEqual([true, false])
})

describe('a command without a host, said when a jail has just been made', () => {
  it('waits until the host has said so, and goes to it', async () => {
    const { world, living, hosts } = await withFreshJail()
    const { request } = await living.door().receive(incoming('ana', 'jail start neu'))
    await vi.advanceTimersByTimeAsync(500)
    expect(sentTo(world)).toHaveLength(1)

    hosts[1] = { ...web2, inventory: { jails: ['wiki', 'shop', 'neu'], trash: [], routes: [] } }
    await hear(living, inventoryOf('web2', 8))
    await vi.waitFor(() => expect(sentTo(world)).toHaveLength(2))

    expect(sentTo(world)[1]).toMatchObject({ request, host: 'web2' })
  })

  it('is asked for the host where it does not say so in time', async () => {
    const { living, world } = await withFreshJail()
    const { request } = await living.door().receive(incoming('ana', 'jail start neu'))
    await vi.advanceTimersByTimeAsync(4000)
    await vi.waitFor(() => expect(lastCard(world, request)).toMatchObject({ state: 'refused', reason: 'which_host' }))
  })

  it('does not wait where it names its host, or may not be said', async () => {
    const { living, world } = await withFreshJail()
    const named = await living.door().receive(incoming('ana', 'jail start neu host:web1'))
    const stranger = await living.door().receive(incoming('eve', 'jail start neu'))
    await vi.waitFor(() => expect(lastCard(world, stranger.request)).toMatchObject({ state: 'refused', reason: 'permission_denied' }))
    expect(sentTo(world).map(({ request }) => request)).toContain(named.request)
  })
})

async function withFreshJail() {
  const world = makeWorld()
  const hosts = [web1, web2]
  const living = await startBot(world, hosts)
  const made = await living.door().receive(incoming('ana', 'jail start wiki'))
  await vi.waitFor(() => expect(sentTo(world)).toHaveLength(1))
  const result = fromHost(made.request, 3, { kind: 'result', state: 'done', steps: [{ state: 'done' }] }, 'web2')
  await hear(living, { ...result, issuedAt: 7 })
  return { world, living, hosts }
}

function inventoryOf(host: string, at: number) {
  const inventory = { jails: [], trash: [], routes: [] }
  return { ...fromHost('inventory', at, { kind: 'inventory', inventory }, host), issuedAt: at }
}
