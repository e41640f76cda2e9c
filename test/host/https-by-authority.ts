import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import jailCreate from '../../commands/jail/create.ts'
import proxyAdd from '../../commands/proxy/add.ts'
import httpsList from '../../commands/proxy/https/list.ts'
import httpsOff from '../../commands/proxy/https/off.ts'
import httpsOn from '../../commands/proxy/https/on.ts'
import httpsOnly from '../../commands/proxy/https/only.ts'
import httpsRenew from '../../commands/proxy/https/renew.ts'
import httpsUpload from '../../commands/proxy/https/upload.ts'
import proxyRemove from '../../commands/proxy/remove.ts'
import type { Command } from '../../src/core/command.ts'
import type { Layout } from '../../src/core/layout.ts'
import type { ProxyKind } from '../../src/core/proxy.ts'
import { certificatesFolder, gotFile } from '../../src/host/proxy/certificates/places.ts'
import { entriesOf, mapFile } from '../../src/host/proxy/maps.ts'
import { answersFolder } from '../../src/host/proxy/nginx/places.ts'
import { selfSigned } from '../support/certificates.ts'
import { hasPebble, type Pebble, startPebble } from '../support/pebble.ts'
import { httpStatus, shownTo } from '../support/tls-client.ts'
import { labHands, type LabHands } from './lab-hands.ts'

const site = 'blog.example.com'

/** A real authority comes through the real proxy to see that the name is ours. Each test goes on where the one before it ended. */
export function httpsByAuthority(kind: ProxyKind): void {
  describe.skipIf(!hasPebble)(`https by a real authority: ${kind}`, () => {
    let hands: LabHands
    let pebble: Pebble

    beforeAll(async () => {
      hands = await labHands({ proxy: kind })
      const { layout } = hands.lab
      pebble = await startPebble({ httpPort: layout.haproxy.bindPort, refusedNonces: 30 })
      layout.acme = { ...layout.acme, directory: pebble.directory, caFile: pebble.caFile, contact: 'ops@example.com' }
      await run(jailCreate, { jail: 'blog' })
      await run(proxyAdd, { site })
    }, 120_000)

    afterAll(async () => {
      await pebble?.stop()
      await hands?.stop()
    })

    const run = async (command: Command, args: Record<string, unknown>) => hands.carryOut((await hands.plan(command, args)).steps)
    const shown = (name = site) => shownTo(hands.lab.layout, name)
    const proxyNow = async () => (await hands.facts()).proxy

    test('a site gets one, which is shown to who asks for that name and to nobody else', async () => {
      await run(httpsOn, { site })

      const { certificates, settings, tls } = await proxyNow()
      expect(await shown()).toMatchObject({ names: [site], protocol: 'TLSv1.3' })
      expect(await shown('shop.example.com')).toBe('refused')
      expect({ tls, https: settings[site]?.https }).toEqual({ tls: true, https: 'also' })
      expect(certificates).toMatchObject([{ site, names: [site], isRenewed: true }])
      await expect(hands.plan(httpsOn, { site })).resolves.toMatchObject({ steps: [] })
    })

    test('nothing is left of what the authority was to read, and no key that others could', () => {
      const folder = certificatesFolder(hands.lab.layout)
      const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)

      expect(answersLeft(hands.lab.layout)).toEqual([])
      expect(new Set(modes)).toEqual(new Set([0o600]))
      expect(existsSync(gotFile(hands.lab.layout, site).replace('.pem', '.order'))).toBe(false)
    })

    test('http leads to https, and answers again when that is taken back', async () => {
      const done = await run(httpsOnly, { site })
      const sent = await httpStatus(hands.lab.layout, site)
      await hands.takeBack(done)

      expect(sent).toMatchObject({ status: 308, location: `https://${site}:${hands.lab.layout.haproxy.tlsPort}/` })
      expect(await httpStatus(hands.lab.layout, site)).toMatchObject({ status: 200 })
    })

    test('it is renewed while it is shown, also where http is not answered, and taken back to the former one', async () => {
      await run(httpsOnly, { site })
      const before = await shown()

      const done = await run(httpsRenew, { site })
      const renewed = await shown()
      await hands.takeBack(done)

      expect(renewed).toMatchObject({ names: [site] })
      expect(renewed).not.toEqual(before)
      expect(await shown()).toEqual(before)
    })

    test('one that was got and not shown yet is not asked for again', async () => {
      const got = readFileSync(gotFile(hands.lab.layout, site), 'utf8')

      await run(httpsRenew, { site })

      expect(readFileSync(gotFile(hands.lab.layout, site), 'utf8')).toBe(got)
      expect((await proxyNow()).certificates).toMatchObject([{ isRenewed: true }])
    })

    test('one of their own is shown instead, and is theirs to renew', async () => {
      const from = join(hands.lab.folder, 'theirs.pem')
      const { pem, fingerprint } = selfSigned(['*.example.com'])
      writeFileSync(from, pem, { mode: 0o600 })

      const plan = await hands.plan(httpsUpload, { site, from })
      await hands.carryOut(plan.steps)

      expect(JSON.stringify(plan)).not.toContain('PRIVATE KEY')
      expect(await shown()).toMatchObject({ fingerprint })
      await expect(hands.plan(httpsRenew, { site })).rejects.toMatchObject({ code: 'unknown_certificate' })
      expect(httpsList.risk === 'read' && httpsList.query({ args: {}, facts: await hands.facts() }).table?.rows).toMatchObject([
        [site, '*.example.com', expect.anything(), expect.stringMatching(/^20/), 'by whoever got it', 'leads to https'],
      ])
    })

    test('it goes with the site, and comes back with it', async () => {
      const before = await shown()

      const done = await run(proxyRemove, { site })
      const gone = await shown()
      await hands.takeBack(done)

      expect(gone).toBe('refused')
      expect(await shown()).toEqual(before)
      expect(await httpStatus(hands.lab.layout, site)).toMatchObject({ status: 308 })
    })

    test('without it http answers again', async () => {
      await run(httpsOff, { site })

      expect(await shown()).toBe('refused')
      expect(await httpStatus(hands.lab.layout, site)).toMatchObject({ status: 200 })
      expect((await proxyNow()).certificates).toEqual([])
      await expect(hands.plan(httpsOnly, { site })).rejects.toMatchObject({ code: 'unknown_certificate' })
    })
  })
}

function answersLeft(layout: Layout): string[] {
  if (layout.proxy === 'nginx') return readdirSync(answersFolder(layout))
  return [...entriesOf(readFileSync(mapFile(layout, 'acme'), 'utf8')).keys()]
}
