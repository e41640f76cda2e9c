import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OurHaproxy, replyIn } from './our-haproxy.ts'

/* What strangers may try at the front, against the real program with the files that jailops writes. */

type Front = Pick<OurHaproxy, 'raw' | 'ask' | 'stop'>

/** Where the two say it otherwise, and neither lets anybody in. */
interface Ways {
  /** Whose `/Admin` and `//admin/` are, where /admin is the admin's. */
  spelling: { Admin: string; slashes: string }
  /** A header with an underscore. */
  underscore: 'refused' | 'dropped'
}

const sites = ['shop', 'blog', 'closed', 'old', 'inside', 'outside', 'secret', 'busy']

/** Lines of maps, as both know them. */
export const maps = {
  hosts: [
    ...sites.map((name) => `${name}.example.com jail_${name === 'shop' ? 'shop' : 'blog'}`),
    '*.wild.example.com jail_shop',
    'one.wild.example.com jail_blog',
    'orphan.example.com jail_nobody',
    '',
  ].join('\n'),
  paths: 'shop.example.com/admin/ jail_admin\n',
  maintenance: 'closed.example.com 1\n',
  redirect: 'old.example.com https://www.example.org\n',
  'allow-on': 'inside.example.com 1\noutside.example.com 1\n',
  allow: 'inside.example.com|127.0.0.0/24 1\noutside.example.com|10.0.0.0/16 1\n',
  'auth-on': 'secret.example.com 1\n',
  limit: 'busy.example.com 3\n',
}
export const password = { host: 'secret.example.com', user: 'ana', password: 'right' }
export const proof = { token: 'tokentokentokentoken12', thumbprint: 'thumb' }
export const tenants = ['blog', 'shop', 'admin']

export function basic(user: string, secret: string): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
}

export function frontSecurity(start: () => Promise<Front>, { spelling, underscore }: Ways): void {
  let front: Front
  beforeAll(async () => {
    front = await start()
  })
  afterAll(() => front?.stop())

  const tenantOf = async (host: string, path = '/') => (await front.ask(host, { path })).tenant?.tenant

  describe('whose site it is', () => {
    it.each(['', 'nobody.example.com', '127.0.0.1', '[::1]', 'shop', 'example.com', 'xshop.example.com', 'shop.example.com.evil.org'])(
      'nobody answers for %j',
      async (host) => {
        const { status, tenant } = await front.ask(host)
        expect(tenant).toBeUndefined()
        expect([400, 421]).toContain(status)
      },
    )

    it('nor for a request without Host', async () => {
      for (const version of ['1.0', '1.1']) {
        expect(replyIn(await front.raw(`GET / HTTP/${version}\r\nConnection: close\r\n\r\n`)).tenant).toBeUndefined()
      }
    })

    it.each([
      'evil.org,shop.example.com',
      'shop.example.com,evil.org',
      'shop.example.com@evil.org',
      'evil.org@shop.example.com',
      'shop.example.com/x',
      'shop.example.com#x',
      'shop.example.com?x',
      '*.wild.example.com',
      '.shop.example.com',
      'shop..example.com',
      '-shop.example.com',
      'shop_.example.com',
      'sh%6fp.example.com',
      'shöp.example.com',
      'shop.example.com\tblog.example.com',
      '"shop.example.com"',
      'shop.example.com;blog.example.com',
    ])('%j is no host name', async (host) => {
      const { status, tenant } = await front.ask(host)
      expect(tenant).toBeUndefined()
      expect([400, 421]).toContain(status)
    })

    it.each(['shop.example.com', 'SHOP.Example.COM', 'shop.example.com.', 'shop.example.com:8080', 'shop.example.com.:80'])(
      '%j is the shop, which sees one spelling',
      async (host) => {
        expect((await front.ask(host)).tenant).toMatchObject({ tenant: 'shop', headers: { host: 'shop.example.com' } })
      },
    )

    it('a name of its own goes before the wildcard, which stands for one label', async () => {
      expect(await tenantOf('any.wild.example.com')).toBe('shop')
      expect(await tenantOf('one.wild.example.com')).toBe('blog')
      expect(await tenantOf('a.b.wild.example.com')).toBeUndefined()
      expect(await tenantOf('wild.example.com')).toBeUndefined()
    })

    it('a map line that names no backend is nobody, not the next tenant', async () => {
      const { status, tenant } = await front.ask('orphan.example.com')
      expect(tenant).toBeUndefined()
      expect([421, 503]).toContain(status)
    })

    it.each([
      ['/admin', 'admin'],
      ['/admin/', 'admin'],
      ['/admin/x?y=/', 'admin'],
      ['/administrator', 'shop'],
      ['/Admin', spelling.Admin],
      ['/?/admin/', 'shop'],
      ['//admin/', spelling.slashes],
    ])('below a path: %s is %s', async (path, tenant) => {
      expect(await tenantOf('shop.example.com', path)).toBe(tenant)
      expect(await tenantOf('blog.example.com', path)).toBe('blog')
    })

    it('whatever is sent as Host, nobody but its owner answers', async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...sites), fc.domain()), async (host) => {
          const said = Buffer.from(host)
            .toString('latin1')
            .replaceAll(/[\r\n]/g, '')
          const { tenant } = await front.ask(said)
          if (tenant !== undefined)
            expect(said.toLowerCase().replace(/:.*$/, '').replace(/\.$/, '').trim()).toMatch(/^[a-z]+\.(wild\.)?example\.com$/)
        }),
        { numRuns: 200 },
      )
    })
  })

  describe('what a client says of itself', () => {
    it('never reaches a tenant: the address is the one that it came from', async () => {
      const names = ['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'Forwarded', 'Proxy']
      const { tenant } = await front.ask('shop.example.com', {
        headers: names.flatMap((name) => [`${name}: 6.6.6.6`, `${name.toLowerCase()}: 7.7.7.7`]),
      })
      expect(tenant?.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' })
      expect(JSON.stringify(tenant?.headers)).not.toMatch(/6\.6\.6\.6|7\.7\.7\.7/)
    })

    it.each(['X_Forwarded_For: 6.6.6.6', 'Content_Length: 5'])(
      'a header that some servers read as another never reaches a tenant: %s',
      async (header) => {
        const { status, tenant } = await front.ask('shop.example.com', { headers: [header] })
        const names = Object.keys(tenant?.headers ?? {}).filter((name) => name.includes('_'))
        expect([status, names]).toEqual([underscore === 'refused' ? 403 : 200, []])
      },
    )

    it.each([
      ['two hosts', 'GET / HTTP/1.1\r\nHost: shop.example.com\r\nHost: blog.example.com\r\n\r\n'],
      ['another host in its line', 'GET http://blog.example.com/ HTTP/1.1\r\nHost: shop.example.com\r\n\r\n'],
      ['two lengths', 'POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
      ['an odd length', 'POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: +4\r\n\r\nabcd'],
      ['an odd coding', 'POST / HTTP/1.1\r\nHost: shop.example.com\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
      ['a space before the colon', 'GET / HTTP/1.1\r\nHost : shop.example.com\r\n\r\n'],
    ])('%s: refused', async (_, bytes) => {
      const { status, tenant } = replyIn(await front.raw(bytes))
      expect(tenant).toBeUndefined()
      expect([400, 501]).toContain(status)
    })

    it('a smuggled second request reaches nobody else', async () => {
      const inner = 'GET / HTTP/1.1\r\nHost: blog.example.com\r\n\r\n'
      const answer = await front.raw(
        `POST / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\nContent-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      )
      expect(answer.match(/"tenant":"[a-z]+"/g) ?? []).not.toContain('"tenant":"blog"')
    })
  })

  describe('what a site asks of those who come', () => {
    it('closed, it says so, and nobody is asked', async () => {
      const { status, headers, tenant } = await front.ask('closed.example.com')
      expect([status, tenant]).toEqual([503, undefined])
      expect(headers.toLowerCase()).toContain('retry-after')
    })

    it('sent elsewhere with path and query, of which nothing becomes a header', async () => {
      const { status, headers } = await front.ask('old.example.com', { path: '/a?b=c&d=%0d%0aSet-Cookie:%20x=1' })
      expect(status).toBe(301)
      expect(headers).toMatch(/location: https:\/\/www\.example\.org\/a\?b=c&d=%0d%0aSet-Cookie:%20x=1/i)
      expect(headers).not.toMatch(/^set-cookie/im)
    })

    it('only those on its list come in, whoever they say they are', async () => {
      expect(await tenantOf('inside.example.com')).toBe('blog')
      expect(await front.ask('outside.example.com', { headers: ['X-Forwarded-For: 10.0.0.1', 'X-Real-IP: 10.0.0.1'] })).toMatchObject({
        status: 403,
      })
    })

    it('a password opens its own site, and the tenant does not hear it', async () => {
      expect(await front.ask('secret.example.com')).toMatchObject({ status: 401 })
      expect(await front.ask('secret.example.com', { headers: [`Authorization: ${basic('ana', 'wrong')}`] })).toMatchObject({ status: 401 })
      const { status, tenant } = await front.ask('secret.example.com', { headers: [`Authorization: ${basic('ana', 'right')}`] })
      expect([status, tenant?.headers['authorization']]).toEqual([200, undefined])
      expect((await front.ask('shop.example.com', { headers: [`Authorization: ${basic('ana', 'right')}`] })).tenant?.headers).toMatchObject(
        {
          authorization: basic('ana', 'right'),
        },
      )
    })

    it('too many requests of one client are refused', async () => {
      const statuses = []
      for (let count = 0; count < 5; count += 1) statuses.push((await front.ask('busy.example.com')).status)
      expect(statuses).toEqual([200, 200, 200, 429, 429])
    })

    it('what a certificate authority asks is answered for a site whatever else it is, and nothing but that', async () => {
      const path = '/.well-known/acme-challenge/tokentokentokentoken12'
      for (const host of ['closed.example.com', 'old.example.com', 'outside.example.com', 'secret.example.com', 'shop.example.com']) {
        const answer = await front.raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
        expect(answer).toMatch(/^HTTP\/1\.1 200[^]*tokentokentokentoken12\.thumb$/)
      }
      expect(await front.ask('secret.example.com', { path: '/.well-known/acme-challenge/other' })).toMatchObject({ status: 401 })
      expect(await front.ask('nobody.example.com', { path })).toMatchObject({ status: 421 })
    })
  })
}
