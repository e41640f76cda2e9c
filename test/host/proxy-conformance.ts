import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProxyKind } from '../../src/core/proxy.ts'
import { neighbour, type ProxyBench, proxyBench } from './proxy-conformance-bench.ts'
import { passwordConformance } from './proxy-conformance-passwords.ts'
import { routeConformance } from './proxy-conformance-routes.ts'
import { settingConformance } from './proxy-conformance-settings.ts'
import { strangerConformance } from './proxy-conformance-strangers.ts'
import { tlsConformance } from './proxy-conformance-tls.ts'

/** Every proxy driver must pass this, on a lab with the real program; what it does is seen by requests through its front. */
export function proxyConformance(kind: ProxyKind): void {
  describe(`proxy: ${kind}`, { timeout: 120_000 }, () => {
    let bench: ProxyBench | undefined
    const current = (): ProxyBench => {
      if (bench === undefined) throw new Error('only inside a test')
      return bench
    }

    beforeAll(async () => {
      bench = await proxyBench(kind)
    })
    afterAll(async () => bench?.stop())

    test('a bare host is prepared, and as bare again when that is taken back; then there is nothing left to prepare', async () => {
      const { hands, facts, build, who, carryOut, target } = current()
      expect((await facts()).proxy).toMatchObject({ kind, running: false, configured: false, enabled: false })
      const done = await hands.carryOut(await build((proxy) => proxy.prepare()))
      expect(await who('stranger.example.com')).toBe(421)
      await hands.takeBack(done)
      expect((await facts()).proxy).toMatchObject({ kind, running: false, configured: false, enabled: false, routes: [] })
      await expect(who('stranger.example.com')).rejects.toThrow('ECONNREFUSED')

      await carryOut((proxy) => proxy.prepare())
      expect(await build((proxy) => proxy.prepare())).toEqual([])
      expect((await facts()).proxy).toMatchObject({ kind, running: true, configured: true, enabled: true, routes: [] })
      await carryOut((proxy) => proxy.route([{ host: neighbour }], [target('wiki')]))
    })

    routeConformance(current)
    settingConformance(current)
    passwordConformance(current)
    tlsConformance(current)
    strangerConformance(current)
  })
}
