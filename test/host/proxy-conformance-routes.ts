import { expect, test } from 'vitest'
import { appPort, type ProxyBench } from './proxy-conformance-bench.ts'

/** Who answers for whom. */
export function routeConformance(current: () => ProxyBench): void {
  test('the first site of a jail, taken back from every point of the way', async () => {
    const { hands, build, who, target, proves } = current()
    const steps = await build((proxy) => proxy.route([{ host: 'blog.example.com' }], [target('blog')]))
    for (const count of steps.keys()) {
      await hands.takeBack(await hands.carryOut(steps.slice(0, count)))
      expect(await who('blog.example.com')).toBe(421)
    }
    await proves({
      steps,
      before: async () => expect(await who('blog.example.com')).toBe(421),
      after: async () => expect(await who('blog.example.com')).toBe('blog'),
    })
    expect((await current().facts()).proxy.routes).toContainEqual(
      expect.objectContaining({ host: 'blog.example.com', jail: 'blog', targets: [{ jail: 'blog', weight: 100 }] }),
    )
  })

  test('a second host of the same jail', async () => {
    const { build, who, target, proves } = current()
    await proves({
      steps: await build((proxy) => proxy.route([{ host: 'second.example.com' }], [target('blog')])),
      before: async () => expect([await who('blog.example.com'), await who('second.example.com')]).toEqual(['blog', 421]),
      after: async () => expect([await who('blog.example.com'), await who('second.example.com')]).toEqual(['blog', 'blog']),
    })
  })

  test('a host moves to another jail, and the rest of the old one stays', async () => {
    const { build, who, target, proves, carryOut } = current()
    await carryOut((proxy) => proxy.route([{ host: 'moving.example.com' }], [target('blog')]))
    await proves({
      steps: await build((proxy) => proxy.route([{ host: 'moving.example.com' }], [target('shop')])),
      before: async () => expect(await who('moving.example.com')).toBe('blog'),
      after: async () => expect([await who('moving.example.com'), await who('blog.example.com')]).toEqual(['shop', 'blog']),
    })
  })

  test('a wildcard stands for one label, and gives way to the name itself', async () => {
    const { build, who, target, proves, carryOut } = current()
    await carryOut((proxy) => proxy.route([{ host: 'own.wild.example.com' }], [target('shop')]))
    const answers = async () =>
      Promise.all(['any', 'own', 'a.b', ''].map((label) => who(label === '' ? 'wild.example.com' : `${label}.wild.example.com`)))
    await proves({
      steps: await build((proxy) => proxy.route([{ host: '*.wild.example.com' }], [target('blog')])),
      before: async () => expect(await answers()).toEqual([421, 'shop', 421, 421]),
      after: async () => expect(await answers()).toEqual(['blog', 'shop', 421, 421]),
    })
  })

  test('what lies below a path, and not what only begins like it; the longest path counts', async () => {
    const { build, who, target, proves, carryOut } = current()
    const host = 'parts.example.com'
    await carryOut((proxy) => proxy.route([{ host }], [target('blog')]))
    const answers = async () =>
      Promise.all(['/', '/app', '/app/', '/app/x?y=1', '/apple', '/app/deep/x'].map((path) => who(host, { path })))
    await proves({
      steps: await build((proxy) => proxy.route([{ host, path: '/app' }], [target('shop')])),
      before: async () => expect(await answers()).toEqual(['blog', 'blog', 'blog', 'blog', 'blog', 'blog']),
      after: async () => expect(await answers()).toEqual(['blog', 'shop', 'shop', 'shop', 'blog', 'shop']),
    })
    await carryOut((proxy) => proxy.route([{ host, path: '/app/deep' }], [target('wiki')]))
    expect(await answers()).toEqual(['blog', 'shop', 'shop', 'shop', 'blog', 'wiki'])
    await carryOut((proxy, { proxy: { routes } }) =>
      routes.filter((route) => route.host === host && route.path !== undefined).flatMap((route) => proxy.unroute(route)),
    )
    expect(await answers()).toEqual(['blog', 'blog', 'blog', 'blog', 'blog', 'blog'])
  })

  test("an app of a jail by its own port, beside the jail's own site", async () => {
    const { build, ask, target, proves } = current()
    await proves({
      steps: await build((proxy) => proxy.route([{ host: 'app.example.com' }], [target('blog', { port: appPort })])),
      before: async () => expect(await ask('app.example.com')).toMatchObject({ status: 421 }),
      after: async () => {
        expect(await ask('app.example.com')).toMatchObject({ status: 200, jail: 'blog', port: appPort })
        expect((await ask('blog.example.com')).port).not.toBe(appPort)
      },
    })
  })

  test('a host that is taken away is nobody’s; a jail without hosts is forgotten', async () => {
    const { build, who, target, proves, carryOut, facts } = current()
    await carryOut((proxy) => proxy.route([{ host: 'gone.example.com' }], [target('alone')]))
    await proves({
      steps: await build((proxy, { proxy: { routes } }) => [
        ...routes.filter((route) => route.host === 'gone.example.com').flatMap((route) => proxy.unroute(route)),
        ...proxy.forget('alone'),
      ]),
      before: async () => expect(await who('gone.example.com')).toBe('alone'),
      after: async () => expect(await who('gone.example.com')).toBe(421),
    })
    const { routes, backends } = (await facts()).proxy
    expect(routes.map((route) => route.host)).not.toContain('gone.example.com')
    expect(backends.flatMap(({ targets }) => targets.map(({ jail }) => jail))).not.toContain('alone')
  })

  test('several jails behind one host share its requests by weight, and one of them can be left out', async () => {
    const { build, who, target, proves, carryOut } = current()
    const host = 'many.example.com'
    await carryOut((proxy) => proxy.route([{ host }], [target('blog'), target('shop')]))
    const answers = async () => {
      const all: (string | number)[] = []
      for (let count = 0; count < 20; count++) all.push(await who(host))
      return new Set(all)
    }
    const both = new Set(['blog', 'shop'])
    const weighed = (blog: number, shop: number) =>
      build((proxy, { proxy: { routes } }) =>
        routes
          .filter((route) => route.host === host)
          .flatMap((route) =>
            proxy.weigh(route, [
              { jail: 'blog', weight: blog },
              { jail: 'shop', weight: shop },
            ]),
          ),
      )
    await proves({
      steps: await weighed(100, 0),
      before: async () => expect(await answers()).toEqual(both),
      after: async () => expect(await answers()).toEqual(new Set(['blog'])),
    })
    await current().hands.carryOut(await weighed(0, 50))
    expect(await answers()).toEqual(new Set(['shop']))
    await current().hands.carryOut(await weighed(50, 50))
    expect(await answers()).toEqual(both)
  })

  test('a drained jail gets no new requests, the other one gets them all; then it is back', async () => {
    const { build, who, target, proves, carryOut } = current()
    const host = 'drained.example.com'
    await carryOut((proxy) => proxy.route([{ host }], [target('wiki'), target('shop')]))
    const answers = async () => {
      const all: (string | number)[] = []
      for (let count = 0; count < 12; count++) all.push(await who(host))
      return new Set(all)
    }
    const both = new Set(['wiki', 'shop'])
    await proves({
      steps: await build((proxy) => proxy.drain('shop', 5)),
      before: async () => expect(await answers()).toEqual(both),
      after: async () => expect(await answers()).toEqual(new Set(['wiki'])),
    })
    await carryOut((proxy) => proxy.ready('shop'))
    expect(await answers()).toEqual(both)
  })

  test('a site whose only jail is drained, or does not answer, says 503, as cards say', async () => {
    const { hands, build, who, target, carryOut } = current()
    const [host, dead] = ['only.example.com', 'dead.example.com']
    const steps = await build((proxy) => proxy.route([{ host: dead }], [target('alone', { port: 1 })]))
    // nobody will answer
    await hands.carryOut(steps.filter(({ action }) => action.kind !== 'await'))
    await carryOut((proxy) => proxy.route([{ host }], [target('alone')]))
    await carryOut((proxy) => proxy.drain('alone', 1))
    expect([await who(host), await who(dead)]).toEqual([503, 503])
    await hands.carryOut((await build((proxy) => proxy.ready('alone'))).filter(({ action }) => action.kind !== 'await'))
    expect([await who(host), await who(dead)]).toEqual(['alone', 503])
  })
}
