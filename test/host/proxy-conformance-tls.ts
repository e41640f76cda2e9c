import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createDrivers } from '../../src/host/drivers.ts'
import type { Step } from '../../src/core/step.ts'
import { type Made, selfSigned } from '../support/certificates.ts'
import { shownTo } from '../support/tls-client.ts'
import type { ProxyBench } from './proxy-conformance-bench.ts'

const host = 'tls.example.com'
const other = 'other.example.com'
/** Longer than what nginx has room for in its table of names. */
const long = `${'long-label-of-a-name.'.repeat(5)}example.com`

/** Who comes by https, is shown the certificate of that name alone, and reaches nobody else by it. */
export function tlsConformance(current: () => ProxyBench): void {
  const shown = (name: string) => shownTo(current().hands.lab.layout, name)
  const upload = async (site: string, { pem, fingerprint }: Made): Promise<Step[]> => {
    const { hands, facts } = current()
    const from = join(hands.lab.folder, 'uploaded.pem')
    writeFileSync(from, pem, { mode: 0o600 })
    return createDrivers(await facts()).certificates.upload(site, from, fingerprint)
  }

  const ask = ({ host: name, servername = name }: { host: string; servername?: string }) => {
    const { bindAddress, tlsPort } = current().hands.lab.layout.haproxy
    return askByTls({ host: bindAddress, port: tlsPort, servername, headers: { host: name } })
  }

  describe('https', () => {
    let made: Made
    beforeAll(async () => {
      const { carryOut, target } = current()
      made = selfSigned([host])
      await carryOut((proxy) => proxy.route([{ host }, { host: long }, { host: '*.wide.example.com' }], [target('blog')]))
      await carryOut((proxy) => proxy.route([{ host: other }], [target('shop')]))
    })

    test('an uploaded certificate is shown, and answers like http; taken back nobody is shown one', async () => {
      const steps = await upload(host, made)
      await current().proves({
        steps,
        before: async () => expect(await shown(host)).toBe('refused'),
        after: async () => {
          expect(await shown(host)).toMatchObject({ fingerprint: made.fingerprint, protocol: 'TLSv1.3' })
          expect(await ask({ host })).toMatchObject({ status: 200, jail: 'blog', proto: 'https' })
        },
      })
      expect((await current().facts()).proxy).toMatchObject({ tls: true, certificates: [{ site: host, isRenewed: false }] })
    })

    test('another one in its place is shown from then on, and taken back to the former', async () => {
      const next = selfSigned([host])
      await current().proves({
        steps: await upload(host, next),
        before: async () => expect(await shown(host)).toMatchObject({ fingerprint: made.fingerprint }),
        after: async () => expect(await shown(host)).toMatchObject({ fingerprint: next.fingerprint }),
      })
    })

    test('nobody is shown it who asks for another name, or for none', async () => {
      for (const name of [other, 'stranger.example.com', `x.${host}`, 'example.com', '']) expect(await shown(name)).toBe('refused')
    })

    test('by the connection for one name nobody reaches another site, whoever has a certificate', async () => {
      await current().hands.carryOut(await upload(other, selfSigned([other])))
      expect(await ask({ host: other })).toMatchObject({ status: 200, jail: 'shop' })
      for (const name of [other, 'neighbour.example.com', 'stranger.example.com', `x.${host}`]) {
        expect(await ask({ host: name, servername: host })).toMatchObject({ status: 421, jail: undefined })
      }
      expect(await ask({ host: host.toUpperCase(), servername: host })).toMatchObject({ status: 200, jail: 'blog' })
    })

    test('a wildcard is for one label; a long name for itself', async () => {
      await current().hands.carryOut(await upload('*.wide.example.com', selfSigned(['*.wide.example.com'])))
      await current().hands.carryOut(await upload(long, selfSigned([long])))
      expect(await ask({ host: 'any.wide.example.com' })).toMatchObject({ status: 200, jail: 'blog' })
      expect(await ask({ host: long })).toMatchObject({ status: 200, jail: 'blog' })
      expect(await shown('a.b.wide.example.com')).toBe('refused')
      expect(await shown(long.replace('.', 'x'))).toBe('refused')
    })

    test('a name with a certificate of its own is shown that one, not the one of a wildcard that stands for it, too', async () => {
      const name = `${'a-long-label-of-a-name-'.repeat(2)}x.wide.example.com`
      const its = selfSigned([name])
      await current().carryOut((proxy) => proxy.route([{ host: name }], [current().target('shop')]))
      await current().hands.carryOut(await upload(name, its))
      expect(await shown(name)).toMatchObject({ fingerprint: its.fingerprint })
      expect(await ask({ host: name })).toMatchObject({ status: 200, jail: 'shop' })
    })

    test('browsers are told to come by https only where nobody else could have said it', async () => {
      const { carryOut } = current()
      await carryOut((proxy) => proxy.set(host, { https: 'only', hsts: 3600 }))
      expect((await ask({ host })).headers['strict-transport-security']).toBe('max-age=3600')
      expect(await current().ask(host)).toMatchObject({ status: 308 })
      expect((await current().ask(host)).headers['strict-transport-security']).toBeUndefined()
      await carryOut((proxy) => proxy.set(host, { https: 'also', hsts: undefined }))
      expect((await ask({ host })).headers['strict-transport-security']).toBeUndefined()
    })

    test('one that does not go with its key, or is for another name, is refused, and the one that is shown stays', async () => {
      const before = await shown(host)
      const mixed = { ...made, pem: made.certificate + selfSigned([host]).key }
      for (const wrong of [mixed, selfSigned(['elsewhere.example.com'])]) {
        await expect((async () => current().hands.carryOut(await upload(host, wrong)))()).rejects.toMatchObject({
          code: 'certificate_invalid',
        })
      }
      expect(await shown(host)).toEqual(before)
    })

    test('taken away it is shown to nobody, and shown again when that is taken back', async () => {
      const { certificates } = createDrivers(await current().facts())
      const before = await shown(host)
      await current().proves({
        steps: certificates.remove(host),
        before: async () => expect(await shown(host)).toEqual(before),
        after: async () => expect(await shown(host)).toBe('refused'),
      })
      expect(createDrivers(await current().facts()).certificates.remove(host)).toEqual([])
    })
  })
}

interface TlsAnswer {
  status: number | undefined
  headers: Record<string, unknown>
  jail: string | undefined
  /** What the jail was told of how the client came. */
  proto: string | undefined
}

function askByTls(where: { host: string; port: number; servername: string; headers: Record<string, string> }): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request({ ...where, agent: false, rejectUnauthorized: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const said = text.startsWith('{"jail"') ? JSON.parse(text) : {}
        resolve({
          status: response.statusCode,
          headers: response.headers,
          jail: said.jail,
          proto: said.headers?.['x-forwarded-proto'],
        })
      })
    })
    asking.on('error', reject)
    asking.end()
  })
}
