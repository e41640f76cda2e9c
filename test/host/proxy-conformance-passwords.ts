import { describe, expect, test } from 'vitest'
import type { ProxyBench } from './proxy-conformance-bench.ts'

const host = 'private.example.com'

/** Who comes by a password comes into that site, and the jail does not hear it. */
export function passwordConformance(current: () => ProxyBench): void {
  const status = async (headers: Record<string, string> = {}, name = host) => (await current().ask(name, { headers })).status
  const users = async () => (await current().facts()).proxy.settings[host]?.users
  const newPassword = async (user: string, name = host) => {
    const { hands, build } = current()
    const said: string[] = []
    const steps = await build((proxy) => proxy.user(name, user))
    const done = await hands.carryOut(steps, (secret) => said.push(secret))
    expect(said).toHaveLength(1)
    const [password = ''] = said
    expect(JSON.stringify([steps, done])).not.toContain(password)
    return { password, done }
  }

  describe('passwords', () => {
    test('whoever has one comes in; taken back everybody does', async () => {
      const { carryOut, hands, target, ask, who } = current()
      await carryOut((proxy) => proxy.route([{ host }, { host: `beside-${host}` }, { host: '*.private.example.com' }], [target('blog')]))
      const { password, done } = await newPassword('ana')

      expect([await status(), await status(basic('ana', 'wrong')), await status(basic('bo', password))]).toEqual([401, 401, 401])
      const { status: answered, jail, sent } = await ask(host, { headers: basic('ana', password) })
      expect([answered, jail, sent.authorization]).toEqual([200, 'blog', undefined])
      expect(await who(`beside-${host}`)).toBe('blog')
      expect(await users()).toEqual(['ana'])

      await hands.takeBack(done)
      expect(await status()).toBe(200)
      expect(await users()).toBeUndefined()
    })

    test('a new one in its place counts alone; taken back the former does', async () => {
      const first = await newPassword('ana')
      const second = await newPassword('ana')
      const both = async () => [await status(basic('ana', first.password)), await status(basic('ana', second.password))]
      expect(await both()).toEqual([401, 200])
      await current().hands.takeBack(second.done)
      expect(await both()).toEqual([200, 401])
    })

    test('each user has one, and loses it alone', async () => {
      const ana = await newPassword('ana')
      const bo = await newPassword('bo')
      const both = async () => [await status(basic('ana', ana.password)), await status(basic('bo', bo.password))]
      expect(await both()).toEqual([200, 200])
      const { build, hands, carryOut } = current()
      const done = await hands.carryOut(await build((proxy) => proxy.set(host, { users: ['bo'] })))
      expect([await both(), await users()]).toEqual([[401, 200], ['bo']])
      await hands.takeBack(done)
      expect([await both(), (await users())?.toSorted()]).toEqual([
        [200, 200],
        ['ana', 'bo'],
      ])
      await carryOut((proxy) => proxy.set(host, { users: ['bo'] }))
    })

    test('it opens its own site alone; a wildcard has its own, too', async () => {
      const { password } = await newPassword('ana', '*.private.example.com')
      const headers = basic('ana', password)
      expect([await status(headers, 'any.private.example.com'), await status(headers)]).toEqual([200, 401])
      expect(await status({}, 'any.private.example.com')).toBe(401)
      expect(await current().ask(`beside-${host}`, { headers })).toMatchObject({ status: 200, sent: headers })
    })

    test('without any it is open to all', async () => {
      const { carryOut } = current()
      await carryOut((proxy) => proxy.set(host, { users: undefined }))
      expect([await status(), await users()]).toEqual([200, undefined])
    })
  })
}

function basic(user: string, password: string) {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}
