import { once } from 'node:events'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Command } from '../../src/core/command.ts'
import type { Step } from '../../src/core/step.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { loadCommands } from '../house/commands.ts'
import { type LabHands, labHands } from '../host/lab-hands.ts'

/* What people say of jails and sites where nginx stands in front, on the lab with the real one. */

const site = 'blog.example.com'
let hands: LabHands
let server: Server | undefined
let commands: Command[] = []

beforeAll(async () => {
  hands = await labHands({ proxy: 'nginx' })
  workersAreNobody()
  commands = (await loadCommands()).map(({ command }) => command)
  const address = hands.lab.layout.pool.replace(/\.0\/24$/, '.2')
  const { jails, endpoint } = createDrivers(await hands.facts())
  await hands.carryOut(
    jails.create({ name: 'blog', manager: 'jail.conf', address, startsAtBoot: false, type: 'thick', vnet: false }, 'rabcdefghjkmnpqr'),
  )
  const place = endpoint(address)
  server = createServer((_, response) => void response.end('blog')).listen(place.port, place.address)
  await once(server, 'listening')
  await say('proxy add', { site })
}, 120_000)
afterAll(async () => {
  server?.closeAllConnections()
  await hands?.stop()
  server?.close()
})

/** As on a real host: what the workers may not read they cannot use. */
function workersAreNobody(): void {
  if (process.getuid?.() !== 0) return
  const main = hands.lab.layout.nginxFront.configuration
  writeFileSync(main, readFileSync(main, 'utf8').replace(/^user .*$/m, 'user nobody nogroup;'))
  chmodSync(hands.lab.folder, 0o711)
}

async function planned(path: string, args: Record<string, unknown>): Promise<readonly Step[]> {
  const command = commands.find((one) => one.path === path)
  if (command === undefined) throw new Error(`there is no /${path}`)
  const { steps } = await hands.plan(command, args)
  expect(steps, path).not.toEqual([])
  return steps
}

async function say(path: string, args: Record<string, unknown>, confide?: (secret: string) => void): Promise<void> {
  await hands.carryOut(await planned(path, args), confide)
}

test('a jail is restarted, and its site answers', async () => {
  await say('jail restart', { jail: 'blog' })
  expect(await ask()).toBe(200)
}, 90_000)

test('a jail that was stopped gets requests as soon as it is started', async () => {
  await say('jail stop', { jail: 'blog' })
  await say('jail start', { jail: 'blog' })
  expect(await ask()).toBe(200)
}, 90_000)

test('what is drained can be brought back', async () => {
  await say('proxy drain', { jail: 'blog', seconds: 1 })
  expect(await ask()).toBe(503)
  await say('jail restart', { jail: 'blog' })
  expect(await ask()).toBe(503)
  await say('proxy enable', { site })
  expect(await ask()).toBe(200)
}, 90_000)

test('its workers can read the passwords and what an authority wants to read, and nobody else the passwords', async () => {
  const { nginxFront } = hands.lab.layout
  const said: string[] = []
  await say('proxy auth add', { site, user: 'ana' }, (secret) => said.push(secret))

  expect(await ask()).toBe(401)
  expect(await ask({ authorization: `Basic ${Buffer.from(`ana:${said[0]}`).toString('base64')}` })).toBe(200)
  expect(statSync(join(nginxFront.folder, 'users')).mode & 0o007).toBe(0)
  expect(readFileSync(join(nginxFront.folder, 'users', site), 'utf8')).toMatch(/^ana:\{SSHA\}[A-Za-z0-9+/]{43}=\n$/)

  await say('proxy auth remove', { site })
  expect(await ask()).toBe(200)
}, 90_000)

test('a jail that is destroyed: one reload for its sites, which are nobody’s by then, and are there again when that is taken back', async () => {
  await say('proxy add', { site: 'second.example.com', jail: 'blog' })
  const steps = await planned('jail destroy', { jail: 'blog' })
  expect(steps.filter(({ title }) => title.startsWith('Reload nginx'))).toHaveLength(1)

  const done = await hands.carryOut(steps)
  expect([await ask(), await ask({}, 'second.example.com')]).toEqual([421, 421])
  await hands.takeBack(done)
  expect([await ask(), await ask({}, 'second.example.com')]).toEqual([200, 200])
}, 120_000)

function ask(headers: Record<string, string> = {}, name = site): Promise<number | undefined> {
  const { bindAddress: host, bindPort: port } = hands.lab.layout.haproxy
  return new Promise((resolve, reject) => {
    const asking = httpRequest({ host, port, agent: false, headers: { ...headers, host: name } }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    asking.on('error', reject).end()
  })
}
