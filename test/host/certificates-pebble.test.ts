import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import jailCreate from '../../commands/jail/create.ts'
import proxyAdd from '../../commands/proxy/add.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { certificateFile, certificatesFolder, gotFile } from '../../src/host/proxy/certificates/places.ts'
import { entriesOf, mapFile } from '../../src/host/proxy/maps.ts'
import { hasPebble, type Pebble, startPebble } from '../support/pebble.ts'
import { labHands, type LabHands } from './lab-hands.ts'

const site = 'blog.example.com'

/* A real authority comes through the real HAProxy to see that the name is ours. */
describe.skipIf(!hasPebble)('a certificate from a real authority', () => {
  let hands: LabHands
  let pebble: Pebble

  beforeAll(async () => {
    hands = await labHands({})
    const { layout } = hands.lab
    pebble = await startPebble({ httpPort: layout.haproxy.bindPort, refusedNonces: 30 })
    layout.acme = { ...layout.acme, directory: pebble.directory, caFile: pebble.caFile, contact: 'ops@example.com' }
    await hands.carryOut((await hands.plan(jailCreate, { jail: 'blog' })).steps)
    await hands.carryOut((await hands.plan(proxyAdd, { site })).steps)
  }, 120_000)

  afterAll(async () => {
    await pebble?.stop()
    await hands?.stop()
  })

  const drivers = async () => createDrivers(await hands.facts())
  const order = async () => hands.carryOut((await drivers()).certificates.order(site))
  const acmeLines = () => [...entriesOf(readFileSync(mapFile(hands.lab.layout, 'acme'), 'utf8'))]

  test('is got, shown to who asks for that name, and to nobody else', async () => {
    await order()

    const shown = await shownTo(hands, site)
    const { certificates, tls } = (await hands.facts()).proxy
    expect(shown).toMatchObject({ names: `DNS:${site}`, protocol: 'TLSv1.3' })
    expect(await shownTo(hands, 'shop.example.com')).toBe('refused')
    expect(tls).toBe(true)
    expect(certificates).toMatchObject([{ names: [site], isRenewed: true, path: certificateFile(hands.lab.layout, site) }])
  })

  test('leaves nothing that the authority was to read, and no key that others could', async () => {
    const folder = certificatesFolder(hands.lab.layout)

    expect(acmeLines()).toEqual([])
    expect(readdirSync(folder).map((name) => statSync(`${folder}/${name}`).mode & 0o777)).toEqual(readdirSync(folder).map(() => 0o600))
    expect(existsSync(gotFile(hands.lab.layout, site).replace('.pem', '.order'))).toBe(false)
  })

  test('is renewed while it is shown, and taken back to the former one', async () => {
    const before = await shownTo(hands, site)

    const done = await order()
    const renewed = await shownTo(hands, site)
    await hands.takeBack(done)

    expect(renewed).toMatchObject({ names: `DNS:${site}` })
    expect(renewed).not.toEqual(before)
    expect(await shownTo(hands, site)).toEqual(before)
  })
})

/** What a client is shown that asks for that name. */
function shownTo({ lab }: LabHands, servername: string): Promise<{ names: string; serial: string; protocol: string | null } | 'refused'> {
  const { bindAddress: host, tlsPort: port } = lab.layout.haproxy
  return new Promise((resolve) => {
    const socket = connect({ host, port, servername, rejectUnauthorized: false }, () => {
      const { subjectaltname = '', serialNumber: serial } = socket.getPeerCertificate()
      resolve({ names: subjectaltname, serial, protocol: socket.getProtocol() })
      socket.destroy()
    })
    socket.on('error', () => resolve('refused'))
  })
}
