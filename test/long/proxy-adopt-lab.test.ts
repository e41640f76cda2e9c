import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import add from '../../commands/proxy/add.ts'
import adopt from '../../commands/proxy/adopt.ts'
import remove from '../../commands/proxy/remove.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { setFaults } from '../../src/lab/lab.ts'
import { type LabHands, labHands } from '../host/lab-hands.ts'
import { theirConfiguration } from '../host/their-haproxy.ts'

/* A host whose HAProxy runs by a file of its own, in the seed's style, with two of our jails behind it. */

let hands: LabHands
let before: string

beforeAll(async () => {
  hands = await labHands({})
  for (const name of ['test1', 'test2']) await createJail(name)
  before = await seed()
  hands.lab.write('usr/local/etc/haproxy.conf', before)
  const started = await hands.lab.sh('sysrc haproxy_enable=YES && service haproxy start')
  expect(started).toMatchObject({ code: 0 })
}, 120_000)

afterAll(async () => {
  await hands?.lab.sh('service haproxy hardstop')
  await hands?.stop()
})

async function createJail(name: string): Promise<void> {
  const facts = await hands.facts()
  const { jails, site, chooseAddress } = createDrivers(facts)
  const jail = { name, manager: 'jail.conf', address: chooseAddress(), startsAtBoot: true, type: 'thick', vnet: false } as const
  await hands.carryOut([...jails.create(jail, 'raaaaaaaaaaaaaaa'), ...site.install(jails.expected(jail), jail.address)])
}

/** The seed's file for these jails. */
async function seed(): Promise<string> {
  const facts = await hands.facts()
  const { endpoint } = createDrivers(facts)
  const place = (name: string) => {
    const { address, port } = endpoint(facts.jail(name).address ?? '')
    return `${address}:${port}`
  }
  return theirConfiguration({ port: hands.lab.layout.haproxy.bindPort, test1: place('test1'), test2: place('test2') })
}

const file = () => readFileSync(hands.lab.layout.haproxy.usualFile, 'utf8')

async function page(host: string, path = '/'): Promise<string> {
  const { bindAddress, bindPort } = hands.lab.layout.haproxy
  const shell = createLocalShell(hands.lab.layout)
  const { status, body } = await shell.httpGet({ address: bindAddress, port: bindPort, path, hostHeader: host, timeoutSeconds: 5 })
  return `${status} ${/jail (test\d)|<h1>(test\d)/.exec(body)?.slice(1).find(Boolean) ?? body.trim()}`
}

const pagesBefore = async () => [
  await page('one.example.com'),
  await page('WWW.two.example.com'),
  await page('nobody.example.com'),
  await page('nobody.example.com', '/api'),
]

/** Asks without a pause for both sites until it is told to stop; whatever it was answered. */
function prober(): { stop(): Promise<Set<string>> } {
  const answers = new Set<string>()
  let isOver = false
  const asking = (async () => {
    while (!isOver) for (const host of ['one', 'two']) answers.add(`${host}: ${await page(`${host}.example.com`).catch(String)}`)
  })()
  return {
    stop: async () => {
      isOver = true
      await asking
      return answers
    },
  }
}

test('before: routes are not added beside it, and what would be done is shown without doing it', async () => {
  await expect(hands.plan(add, { site: 'new.example.com', jail: 'test1' })).rejects.toThrow(
    expect.objectContaining({ code: 'host_not_ready', message: expect.stringContaining('/proxy adopt') }),
  )
  const plan = await hands.plan(adopt, {})
  expect(plan.outcome.map(({ name, value }) => `${name} ${value}`)).toEqual([
    `File ${hands.lab.layout.haproxy.usualFile}`,
    'one.example.com test1',
    'two.example.com test2',
    'www.two.example.com test2',
  ])
  expect(plan.remarks).toContainEqual(expect.stringMatching(/line 20 \(use_backend api\): .*path_beg/))
  expect(plan.remarks).toContainEqual(expect.stringContaining('still gets backend test1'))
  const diff = plan.remarks.at(-1) ?? ''
  expect(diff.split('\n').filter((line) => /^-(?!--)/.test(line))).toEqual([
    '-    acl test1 hdr(host) -i one.example.com',
    '-    acl test2 hdr(host) -i two.example.com www.two.example.com',
    '-    use_backend test1 if test1',
    '-    use_backend test2 if test2',
  ])
  expect(file()).toBe(before)
})

test('adopted and taken back: the same pages throughout, and the same bytes in the end', async () => {
  const pages = await pagesBefore()
  expect(pages).toEqual(['200 test1', '200 test2', '200 test1', '200 the api'])
  const asking = prober()
  const done = await hands.carryOut((await hands.plan(adopt, {})).steps)
  expect(await pagesBefore()).toEqual(pages)
  expect((await hands.facts()).proxy).toMatchObject({
    configured: true,
    running: true,
    theirs: { isShared: true },
    routes: [
      { host: 'one.example.com', jail: 'test1' },
      { host: 'two.example.com', jail: 'test2' },
      { host: 'www.two.example.com', jail: 'test2' },
    ],
  })
  expect(file()).not.toMatch(/use_backend test|acl test/)
  const reloadsThere = hands.reloads.length

  await hands.takeBack(done)
  expect(file()).toBe(before)
  expect(await pagesBefore()).toEqual(pages)
  expect((await hands.lab.sh('sysrc -n haproxy_config')).code).toBe(1)
  expect(existsSync(join(hands.lab.layout.haproxy.configFolder, '05-theirs.cfg'))).toBe(false)
  expect(await asking.stop()).toEqual(new Set(['one: 200 test1', 'two: 200 test2']))
  // only there the first is by the rc script, for what runs by their own file gives nothing out of its hands
  expect(hands.reloads.slice(reloadsThere).map((line) => /for: (.*) \{"by":"(.*?)"/.exec(line)?.slice(1))).toEqual([
    ['what is taken back: what left its file', 'hand-over'],
    ['what is taken back: it runs by its own file again', 'hand-over'],
  ])
}, 120_000)

test.each([/^Point HAProxy/, /^Put jailops's block/, /^Take the lines out/])(
  'after a power cut behind the step %s the host starts with the same pages, and goes back to the same bytes',
  async (title) => {
    const { steps } = await hands.plan(adopt, {})
    const pages = await pagesBefore()
    const done = await hands.carryOut(steps.slice(0, steps.findIndex((step) => title.test(step.title)) + 1))
    expect(await hands.lab.sh('service haproxy hardstop && service haproxy start')).toMatchObject({ code: 0 })
    expect(await pagesBefore()).toEqual(pages)
    await hands.takeBack(done)
    expect(file()).toBe(before)
    expect(await hands.lab.sh('service haproxy hardstop && service haproxy start')).toMatchObject({ code: 0 })
    expect(await pagesBefore()).toEqual(pages)
  },
  120_000,
)

test('where the reload fails all is as it was', async () => {
  const pages = await pagesBefore()
  setFaults(hands.lab.folder, [{ program: 'service', argumentsInclude: ['haproxy', 'reload'], times: 1, exitCode: 1, stderr: 'no\n' }])
  await expect(hands.carryOut((await hands.plan(adopt, {})).steps)).rejects.toThrow(expect.objectContaining({ code: 'step_failed' }))
  setFaults(hands.lab.folder, [])
  expect(file()).toBe(before)
  expect(await pagesBefore()).toEqual(pages)
}, 120_000)

test('adopted for good: sites come and go as on any host, and their file is left alone', async () => {
  const mode = statSync(hands.lab.layout.haproxy.usualFile).mode
  await hands.carryOut((await hands.plan(adopt, {})).steps)
  const adopted = file()
  await hands.carryOut((await hands.plan(add, { site: 'new.example.com', jail: 'test2' })).steps)
  expect(await page('new.example.com')).toBe('200 test2')
  await hands.carryOut((await hands.plan(remove, { site: 'new.example.com' })).steps)
  expect(file()).toBe(adopted)
  expect(statSync(hands.lab.layout.haproxy.usualFile).mode).toBe(mode)
  expect((await hands.plan(adopt, {})).steps).toEqual([])
}, 120_000)

test('a site of ours whose backend is not there is nobody’s, not their default backend’s', async () => {
  const { layout } = hands.lab
  const shell = createLocalShell(layout)
  await shell.exchange(layout.haproxy.socket, `add map ${layout.haproxy.configFolder}/maps/hosts.map gone.example.com jail_gone\n`, 5)
  expect(await page('gone.example.com')).toMatch(/^503/)
})

test('a hand outside of the block stays, a hand in it is refused with what to do', async () => {
  const adopted = file()
  hands.lab.write('usr/local/etc/haproxy.conf', `${adopted}\nbackend another\n    server a 127.0.0.1:9\n`)
  const { steps } = await hands.plan(add, { site: 'other.example.com', jail: 'test1' })
  await hands.carryOut(steps)
  expect(await page('other.example.com')).toBe('200 test1')
  expect(file()).toContain('backend another')

  hands.lab.write('usr/local/etc/haproxy.conf', adopted.replace('option idle-close-on-response\n', ''))
  for (const [command, words] of [
    [add, { site: 'third.example.com', jail: 'test1' }],
    [adopt, {}],
  ] as const) {
    await expect(hands.plan(command, words)).rejects.toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining('was changed by hand') }),
    )
  }

  // as it was told: all of it out, then adopt again
  hands.lab.write('usr/local/etc/haproxy.conf', adopted.replace(/^.*# >>> jailops[\s\S]*# <<< jailops\n/m, ''))
  await expect(hands.plan(add, { site: 'third.example.com', jail: 'test1' })).rejects.toThrow(
    expect.objectContaining({ code: 'host_not_ready' }),
  )
  await hands.carryOut((await hands.plan(adopt, {})).steps)
  expect(file()).toBe(adopted)
  expect(await page('one.example.com')).toBe('200 test1')
}, 120_000)

test('strangers are refused only when nobody else’s rule is left', async () => {
  await expect(hands.plan(adopt, { strangers: 'refused' })).rejects.toThrow(
    expect.objectContaining({ code: 'host_not_ready', message: expect.stringContaining('use_backend api') }),
  )
  hands.lab.write('usr/local/etc/haproxy.conf', file().replace(/^.*use_backend api.*\n/m, ''))
  await hands.carryOut((await hands.plan(adopt, { strangers: 'refused' })).steps)
  expect(await page('nobody.example.com')).toBe('421 no such site')
  expect(await page('two.example.com')).toBe('200 test2')
}, 60_000)
