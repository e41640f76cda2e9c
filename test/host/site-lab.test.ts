import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import { endpointOf } from '../../src/host/addresses.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { type LabHost, startLabHost } from './lab-host.ts'

/* nginx in a jail, as install leaves it, and host names with files of their own. */

let host: LabHost
beforeAll(async () => {
  host = await startLabHost()
  const facts = await host.look('jails', 'addresses')
  const { jails, site, chooseAddress } = createDrivers(facts)
  const jail = { name: 'blog', manager: 'jail.conf', address: chooseAddress(), startsAtBoot: false, type: 'thick', vnet: false } as const
  await host.carryOut([...jails.create(jail, 'raaaaaaaaaaaaaaa'), ...site.install(jails.expected(jail), jail.address)])
})
afterAll(async () => host?.stop())

async function blog() {
  const facts = await host.look('jails')
  const jail = facts.ownJail('blog')
  return { jail, site: createDrivers(facts).site, endpoint: endpointOf(host.lab.layout, jail.address ?? '') }
}

async function page(hostHeader: string, path = '/'): Promise<{ status: number; body: string }> {
  const { endpoint } = await blog()
  return host.shell.httpGet({ address: endpoint.address, port: endpoint.port, path, hostHeader, timeoutSeconds: 5 })
}

async function inJail(...argv: string[]): Promise<string> {
  return (await host.shell.run({ argv: ['jexec', 'blog', ...argv], timeoutSeconds: 10 })).stdout
}

test('install leaves a main file that includes ours, and knows them again', async () => {
  const { jail, site } = await blog()
  const files = ['nginx.conf', 'jailops/listen.inc', 'jailops/10-site.conf', 'jailops/20-status.conf'].map(
    (name) => `/usr/local/etc/nginx/${name}`,
  )
  expect(site.wrote(await inJail('cat', ...files), 'blog', jail.address ?? '')).toBe(true)
  expect(await page('any.example.com')).toMatchObject({ status: 200, body: expect.stringContaining('<h1>blog</h1>') })
})

test('a host name gets files of its own; taken back it is as if it had never been; what its owner put there stays', async () => {
  const { jail, site } = await blog()
  const steps: Step[] = site.vhost(jail, 'docs.example.com')
  const done = await host.carryOut(steps)
  // for a moment a worker of before may still be the one that answers
  await vi.waitFor(async () =>
    expect(await page('docs.example.com')).toMatchObject({ status: 200, body: expect.stringContaining('<h1>docs.example.com</h1>') }),
  )
  expect(await page('any.example.com')).toMatchObject({ body: expect.stringContaining('<h1>blog</h1>') })
  await host.takeBack(done)
  expect(await inJail('ls', '/usr/local/www')).not.toContain('docs.example.com')
  expect(await inJail('ls', '/usr/local/etc/nginx/jailops')).not.toContain('docs')

  await inJail('mkdir', '-p', '/usr/local/www/docs.example.com')
  await host.shell.run({ argv: ['jexec', 'blog', 'tee', '/usr/local/www/docs.example.com/index.html'], stdin: 'mine', timeoutSeconds: 10 })
  await host.carryOut(steps)
  await vi.waitFor(async () => expect(await page('docs.example.com')).toMatchObject({ status: 200, body: 'mine' }))
  await host.takeBack(await host.carryOut(steps))
  await vi.waitFor(async () => expect(await page('docs.example.com')).toMatchObject({ status: 200, body: 'mine' }))
})

test('a configuration that its owner broke is not loaded, and nothing is begun', async () => {
  const { jail, site } = await blog()
  await host.shell.run({
    argv: ['jexec', 'blog', 'tee', '/usr/local/etc/nginx/jailops/40-theirs.conf'],
    stdin: 'types_hash_max_size bogus;\n',
    timeoutSeconds: 10,
  })
  await expect(host.carryOut(site.vhost(jail, 'new.example.com'))).rejects.toThrow(
    expect.objectContaining({ code: 'step_failed', message: expect.stringContaining('40-theirs.conf') }),
  )
  expect(await inJail('ls', '/usr/local/etc/nginx/jailops')).not.toContain('new.example.com')
  expect((await page('any.example.com')).status).toBe(200)
})
