import { expect, test } from 'vitest'
import type { ProxyBench } from './proxy-conformance-bench.ts'

/** Nobody reaches a tenant by a name that is not the tenant's, and nobody says of himself what only the proxy can know. */
export function strangerConformance(current: () => ProxyBench): void {
  test.each([
    ['unknown', 'evil.example.com'],
    ['an address', '127.0.0.1'],
    ['none', undefined],
    ['empty', ''],
    ['two in one', 'evil,blog.example.com'],
    ['a user before it', 'evil@blog.example.com'],
    ['a path behind it', 'blog.example.com/evil'],
    ['a wildcard itself', '*.wild.example.com'],
    ['a backend', 'jail_blog'],
    ['two dots', 'blog..example.com'],
    ['a label too much', 'x.blog.example.com'],
    ['what a map calls its default', 'default'],
    ['a pattern', '~.*'],
    ['the names of a list', 'hostnames'],
    ['white space', 'blog.example.com evil'],
  ])('a host name that is nobody’s: %s', async (_, host) => {
    const { status, jail } = await current().ask(host)
    expect(jail).toBeUndefined()
    expect([400, 421]).toContain(status)
  })

  test.each(['BLOG.Example.Com', 'blog.example.com.', 'blog.example.com:80', 'Blog.example.com.:8080'])(
    '%s is blog.example.com, and the jail is told so',
    async (host) => {
      expect(await current().ask(host)).toMatchObject({ status: 200, jail: 'blog', sent: { host: 'blog.example.com' } })
    },
  )

  test('what a client says of itself is not passed on', async () => {
    const spoofed = {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-host': 'evil.example.com',
      'x-forwarded-proto': 'https',
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      proxy: 'http://evil.example.com',
    }
    const { sent } = await current().ask('blog.example.com', { headers: spoofed, from: '127.0.0.9' })
    expect(JSON.stringify(sent)).not.toMatch(/6\.6\.6\.6|evil/)
    expect(sent).toMatchObject({ 'x-forwarded-for': '127.0.0.9', 'x-forwarded-proto': 'http' })
    expect([sent['x-forwarded-host'], sent['x-real-ip'], sent.forwarded, sent.proxy]).toEqual([undefined, undefined, undefined, undefined])
  })

  test('a header that a CGI would take for another one is not passed on', async () => {
    const { sent, status } = await current().ask('blog.example.com', { headers: { x_forwarded_for: '6.6.6.6' } })
    expect(sent).not.toHaveProperty('x_forwarded_for')
    expect([200, 400, 403]).toContain(status)
  })

  test.each(['a.example.com; }', 'a.example.com\nb.example.com blog', 'a b', '"a"', 'a#b', '$host', '%[env(HOME)]', 'A.example.com'])(
    '%j is refused before it could stand in a file',
    async (host) => {
      const { build, target } = current()
      await expect(
        (async () => current().hands.carryOut(await build((proxy) => proxy.route([{ host }], [target('blog')]))))(),
      ).rejects.toThrow(expect.objectContaining({ code: 'bad_argument' }))
    },
  )

  test('all of it is there again after the proxy was stopped and started', async () => {
    const { kind, hands, who } = current()
    const hosts = ['blog.example.com', 'any.wild.example.com', 'moving.example.com', 'owned.example.com', 'stranger.example.com']
    const answers = async () => Promise.all(hosts.map((host) => who(host)))
    const before = await answers()
    await hands.lab.sh(`service ${kind} stop; service ${kind} start`)
    expect(before).toEqual(['blog', 'blog', 'shop', 301, 421])
    expect(await answers()).toEqual(before)
  })
}
