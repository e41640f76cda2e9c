import { expect, test } from 'vitest'
import type { SiteSettings } from '../../src/core/proxy.ts'
import type { ProxyBench } from './proxy-conformance-bench.ts'

/** What a host name is like beside where it leads. */
export function settingConformance(current: () => ProxyBench): void {
  async function routed(host: string): Promise<void> {
    const { carryOut, target } = current()
    await carryOut((proxy) => proxy.route([{ host }, { host: `beside-${host}` }], [target('blog')]))
  }

  function statuses(host: string, clients: (string | undefined)[]): Promise<number[]> {
    return Promise.all(clients.map(async (from) => (await current().ask(host, from === undefined ? {} : { from })).status))
  }

  /** The setting holds once set, not before and not after it is taken back; the facts say so, and a host beside it is as ever. */
  async function provesSetting(host: string, settings: SiteSettings, holds: (isSet: boolean) => Promise<void>): Promise<void> {
    const { build, proves, facts, who, carryOut } = current()
    await proves({
      steps: await build((proxy) => proxy.set(host, settings)),
      before: async () => {
        await holds(false)
        expect((await facts()).proxy.settings[host] ?? {}).toEqual({})
      },
      after: async () => {
        await holds(true)
        expect((await facts()).proxy.settings[host]).toEqual(settings)
        expect(await who(`beside-${host}`)).toBe('blog')
      },
    })
    const off = Object.fromEntries(Object.keys(settings).map((name) => [name, undefined]))
    await carryOut((proxy) => proxy.set(host, off))
    await holds(false)
    expect((await facts()).proxy.settings[host] ?? {}).toEqual({})
  }

  test('maintenance: a page says so, with 503 and when to come again', async () => {
    const host = 'maintenance.example.com'
    await routed(host)
    await provesSetting(host, { maintenance: true }, async (isSet) => {
      const { status, headers, jail } = await current().ask(host)
      expect([status, jail]).toEqual(isSet ? [503, undefined] : [200, 'blog'])
      expect(headers['retry-after']).toBe(isSet ? '300' : undefined)
    })
  })

  test('a redirection keeps path and query', async () => {
    const host = 'elsewhere.example.com'
    await routed(host)
    await provesSetting(host, { redirect: 'https://www.example.org' }, async (isSet) => {
      const { status, headers } = await current().ask(host, { path: '/a/b?c=d' })
      expect([status, headers.location]).toEqual(isSet ? [301, 'https://www.example.org/a/b?c=d'] : [200, undefined])
    })
  })

  test('https only: who comes by http is sent there', async () => {
    const { tlsPort } = current().hands.lab.layout.haproxy
    const host = 'secure.example.com'
    await routed(host)
    await provesSetting(host, { https: 'only', hsts: 3600 }, async (isSet) => {
      const { status, headers } = await current().ask(host, { path: '/a?b' })
      expect([status, headers.location]).toEqual(isSet ? [308, `https://${host}:${tlsPort}/a?b`] : [200, undefined])
      // a browser must not believe it where anybody could have said it
      expect(headers['strict-transport-security']).toBeUndefined()
    })
  })

  test('only some may come: an address, its network of 24 bits, of 16', async () => {
    const host = 'members.example.com'
    await routed(host)
    const allow = ['127.0.0.77', '127.91.5.0/24', '127.92.0.0/16']
    await provesSetting(host, { allow }, async (isSet) => {
      const may = ['127.0.0.77', '127.91.5.9', '127.92.200.9']
      const mayNot = ['127.0.0.78', '127.91.6.9', '127.93.0.1', undefined]
      expect(await statuses(host, may)).toEqual([200, 200, 200])
      expect(await statuses(host, mayNot)).toEqual(isSet ? [403, 403, 403, 403] : [200, 200, 200, 200])
    })
  })

  test('so many requests of one client, and of each client', async () => {
    const host = 'limited.example.com'
    await routed(host)
    let client = 0
    await provesSetting(host, { limit: 5 }, async (isSet) => {
      const from = `127.0.7.${++client}`
      const answers: number[] = []
      for (let count = 0; count < 15; count++) answers.push((await current().ask(host, { from })).status)
      expect(answers.slice(0, 5)).toEqual([200, 200, 200, 200, 200])
      expect(answers.includes(429)).toBe(isSet)
      expect((await current().ask(host, { from: `127.0.8.${client}` })).status).toBe(200)
    })
  })

  test('who owns a host is kept, and asks nothing of the proxy', async () => {
    const host = 'owned.example.com'
    await routed(host)
    await provesSetting(host, { owner: 'slack:U1 Ana' }, async () => expect(await current().who(host)).toBe('blog'))
  })

  test('one setting leaves the others of its host', async () => {
    const { carryOut, facts } = current()
    const host = 'owned.example.com'
    await carryOut((proxy) => proxy.set(host, { maintenance: true, limit: 100 }))
    await carryOut((proxy) => proxy.set(host, { maintenance: undefined, redirect: 'https://a.example.org' }))
    expect((await facts()).proxy.settings[host]).toEqual({ limit: 100, redirect: 'https://a.example.org' })
  })
}
