import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { Command } from '../../src/core/command.ts'
import { endpointOf } from '../../src/core/layout.ts'
import type { Step } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { loadCommands } from '../house/commands.ts'
import { type LabHands, labHands } from './lab-hands.ts'

/* The verbs of /proxy as people say them, on the lab with the real HAProxy: what each does is seen by requests through the front. */

const site = 'blog.example.com'
let hands: LabHands
let servers: Server[] = []
let commands: Command[] = []

beforeAll(async () => {
  hands = await labHands({})
  commands = (await loadCommands()).map(({ command }) => command)
  for (const [name, number] of Object.entries({ blog: 2, shop: 3 })) {
    const address = hands.lab.layout.pool.replace(/\.0\/24$/, `.${number}`)
    const { jails } = createDrivers(await hands.facts())
    await hands.carryOut(
      jails.create({ name, manager: 'jail.conf', address, startsAtBoot: false, type: 'thick', vnet: false }, 'rabcdefghjkmnpqr'),
    )
    const place = endpointOf(hands.lab.layout, address)
    servers = [...servers, await serve(name, place.address, place.port)]
  }
  servers = [...servers, await serve('app', endpointOf(hands.lab.layout, addressOf(2)).address, appPort)]
}, 120_000)
afterAll(async () => {
  for (const server of servers) server.closeAllConnections()
  await hands?.stop()
  for (const server of servers) server.close()
})

const appPort = 23_017
const addressOf = (number: number) => hands.lab.layout.pool.replace(/\.0\/24$/, `.${number}`)

function named(path: string): Command {
  const command = commands.find((one) => one.path === path)
  if (command === undefined) throw new Error(`there is no /${path}`)
  return command
}

async function say(path: string, args: Record<string, unknown>): Promise<string[]> {
  const said: string[] = []
  const { steps } = await hands.plan(named(path), args)
  await hands.carryOut(steps, (secret) => void said.push(secret))
  return said
}

test('a site is added, and answers; it belongs to whoever added it', async () => {
  await say('proxy add', { site })
  expect(await ask(site)).toMatchObject({ status: 200, body: 'blog' })
  expect((await ask('stranger.example.com')).status).toBe(421)
  expect((await hands.facts()).proxy.settings[site]).toEqual({ owner: 'ana' })
  expect((await hands.plan(named('proxy add'), { site })).steps).toEqual([])
})

test('a password keeps everybody else out, is of its site only, and does not reach the jail', async () => {
  await say('proxy add', { site: 'shop.example.com' })
  const [password = ''] = await say('proxy auth add', { site, user: 'ana' })
  const [others = ''] = await say('proxy auth add', { site: 'shop.example.com', user: 'ana' })
  expect((await ask(site)).status).toBe(401)
  expect((await ask(site, { authorization: basic('ana', others) })).status).toBe(401)
  expect((await ask(site, { authorization: basic('bo', password) })).status).toBe(401)
  expect(await ask(site, { authorization: basic('ana', password) })).toMatchObject({ status: 200, body: 'blog' })
  const [again = ''] = await say('proxy auth add', { site, user: 'ana' })
  expect((await ask(site, { authorization: basic('ana', password) })).status).toBe(401)
  expect((await ask(site, { authorization: basic('ana', again) })).status).toBe(200)
  await say('proxy auth remove', { site })
  expect(await ask(site)).toMatchObject({ status: 200, body: 'blog' })
  expect((await ask('shop.example.com')).status).toBe(401)
  await say('proxy remove', { site: 'shop.example.com' })
  expect((await ask('shop.example.com')).status).toBe(421)
  // whoever takes the name next begins with nothing
  await say('proxy add', { site: 'shop.example.com' })
  expect(await ask('shop.example.com')).toMatchObject({ status: 200, body: 'shop' })
  expect((await hands.facts()).proxy.settings['shop.example.com']).toEqual({ owner: 'ana' })
})

test('a jail that is started answers: HAProxy, which found it dead while it was stopped, has found it alive', async () => {
  await say('jail stop', { jail: 'blog' })
  const { backend } = (await hands.facts()).route(site)
  const shell = createLocalShell(hands.lab.layout)
  onTestFinished(() => shell.stop())
  await shell.exchange(hands.lab.layout.haproxy.socket, `set server ${backend}/s health down\n`, 5)
  expect((await ask(site)).status).toBe(503)

  await say('jail start', { jail: 'blog' })

  expect((await ask(site)).status).toBe(200)
})

test('what strangers ask for is not in the log; what is asked of a site is, without its query', async () => {
  await ask('stranger.example.com', {}, '/elsewhere')
  await ask(site, {}, '/page?token=secret')
  const { text = '' } = await hands.answer(named('proxy log'), { site, lines: 1 })
  expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 127\.0\.0\.1 200 \d+ ms blog GET \/page$/)
  const all = (await hands.answer(named('proxy log'), { lines: 500 })).text
  expect(all).not.toContain('elsewhere')
  expect(all).not.toContain('secret')
})

test('the way to a site is walked', async () => {
  expect((await hands.answer(named('proxy test'), { site })).title).toBe(`${site} answers`)
  expect((await hands.answer(named('proxy test'), { site: 'stranger.example.com' })).title).toBe('stranger.example.com breaks at: map')
  await say('proxy disable', { site })
  expect((await hands.answer(named('proxy test'), { site })).text).toContain('It shows the maintenance page.')
  await say('proxy enable', { site })
})

test('an app on a port of its own, below a path, and behind a wildcard', async () => {
  await say('proxy add', { site: `${site}/app`, jail: 'blog', port: appPort })
  expect((await ask(site, {}, '/app/x')).body).toBe('app')
  expect((await ask(site, {}, '/apple')).body).toBe('blog')
  await say('proxy add', { site: '*.wild.example.com', jail: 'shop' })
  expect((await ask('any.wild.example.com')).body).toBe('shop')
  expect((await ask('a.b.wild.example.com')).status).toBe(421)
  const [password = ''] = await say('proxy auth add', { site: '*.wild.example.com', user: 'ana' })
  expect((await ask('any.wild.example.com')).status).toBe(401)
  expect((await ask('other.wild.example.com', { authorization: basic('ana', password) })).body).toBe('shop')
  const { steps } = await hands.plan(named('proxy add'), { site: 'dead.example.com', jail: 'blog', port: 1 })
  const impatient = steps.map((step): Step =>
    step.action.kind === 'await' ? { ...step, action: { kind: 'await', timeoutSeconds: 1 } } : step,
  )
  await expect(hands.carryOut(impatient)).rejects.toMatchObject({ code: 'timed_out' })
  expect((await ask('dead.example.com')).status).toBe(421)
}, 120_000)

test('a canary gets its share, and none once it is drained; brought back it gets it again', async () => {
  await say('proxy weight', { site, jail: 'shop', share: '50%' })
  const asked = async () => new Set((await Promise.all(Array.from({ length: 20 }, () => ask(site)))).map(({ body }) => body))
  expect(await asked()).toEqual(new Set(['blog', 'shop']))
  await say('proxy drain', { jail: 'shop', site })
  expect(await asked()).toEqual(new Set(['blog']))
  expect((await hands.facts()).proxy.routes.find(({ host, path }) => host === site && path === undefined)?.targets).toEqual([
    { jail: 'blog', weight: 50 },
    { jail: 'shop', weight: 0 },
  ])
  await say('proxy weight', { site, jail: 'shop', share: '50%' })
  await vi.waitFor(async () => expect(await asked()).toEqual(new Set(['blog', 'shop'])))
  await say('proxy weight', { site, jail: 'shop', share: 'off' })
  expect(await asked()).toEqual(new Set(['blog']))
}, 120_000)

test('an export, imported, brings a site back as it was', async () => {
  await say('proxy limit', { site, requests: '1000' })
  await say('proxy redirect', { site: 'shop.example.com', to: 'https://www.example.com' })
  const { files } = await hands.answer(named('proxy sites export'), {})
  const before = (await hands.facts()).proxy
  for (const gone of [site, 'shop.example.com']) await say('proxy remove', { site: gone })
  expect([(await ask(site)).status, (await ask(site, {}, '/app/')).status, (await ask('shop.example.com')).status]).toEqual([421, 421, 421])
  mkdirSync(hands.lab.layout.archives, { recursive: true })
  writeFileSync(join(hands.lab.layout.archives, 'sites.json'), files?.[0]?.text ?? '')
  await say('proxy sites import', { file: 'sites.json' })
  const after = (await hands.facts()).proxy
  expect(after.settings).toEqual(before.settings)
  expect(after.routes.map(({ host, path, targets }) => ({ host, path, targets }))).toEqual(
    expect.arrayContaining(before.routes.map(({ host, path, targets }) => ({ host, path, targets }))),
  )
  expect(await ask(site)).toMatchObject({ status: 200, body: 'blog' })
  expect((await ask('shop.example.com')).status).toBe(301)
}, 120_000)

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** Says who it is; a password that reaches it is a failure. */
async function serve(name: string, address: string, port: number): Promise<Server> {
  const server = createServer(({ headers }, response) => response.end(headers.authorization === undefined ? name : 'was told a password'))
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

function ask(host: string, headers: Record<string, string> = {}, path = '/'): Promise<{ status: number; body: string }> {
  const { bindAddress, bindPort } = hands.lab.layout.haproxy
  return new Promise((resolve, reject) => {
    const asking = httpRequest({ host: bindAddress, port: bindPort, path, headers: { ...headers, host }, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    asking.on('error', reject)
    asking.end()
  })
}
