import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Card, hasEnded } from '../../src/core/card.ts'
import { type ReasonCode, reasonCodes, toJailopsError } from '../../src/core/errors.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { listing, temporaryFolder, until } from '../support/house.ts'

/* Everything of "Bad input": a sentence that says what to do, a reason code, and the host as it was. */

let demo: Demo
let untouched: Record<string, string>

beforeAll(async () => {
  demo = await startDemo()
  // a pool of five addresses, and a second host that is down
  await reconfigure((config) => {
    config.host.layout.pool = config.host.layout.pool.replace('/24', '/29')
    config.hosts = { demo: {}, away: {} }
  })
  await demo.say('ana', 'host status host:demo')
  untouched = listing(demo.hostFolder)
})
afterAll(() => demo?.stop(), 60_000)

interface WrittenConfig {
  host: { layout: { pool: string; haproxy: { configFolder: string } } }
  hosts: Record<string, object>
}

/** The demo's own processes read demo.json when they start. */
async function reconfigure(change: (config: WrittenConfig) => void): Promise<void> {
  const file = join(demo.stateDir, 'demo.json')
  const written: { config: WrittenConfig } = JSON.parse(readFileSync(file, 'utf8'))
  change(written.config)
  writeFileSync(file, JSON.stringify(written))
  for (const name of ['bot', 'worker'] as const) {
    const old = demo.pid(name)
    process.kill(old, 'SIGTERM')
    await until(() => demo.pid(name) !== old)
  }
}

/** A refusal worth having: a code of the closed list, and more than a grunt. */
function expectRefusal(card: Card, reason: ReasonCode): void {
  expect([card.title, card.state, card.reason]).toEqual([card.title, 'refused', reason])
  expect(reasonCodes).toContain(card.reason)
  expect(card.text?.length).toBeGreaterThan(25)
  expect(card.text).toMatch(/[.?]$|: \/|see \//i)
  // nothing invisible, nothing that turns the line round, no whole novel
  expect(`${card.title}${card.text}`).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B-\u200F\0]/)
  expect(card.text?.length).toBeLessThan(600)
}

const quoted = (word: string) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`

describe('names of jails', () => {
  const plain = 'all ALL ../x -rf a;b 1 a.b blog* blog# /etc . .. ~ {a,b} $(id) `id` Blog blog-'.split(' ')
  const odd = [
    'a b',
    '',
    'x'.repeat(300),
    'bl\u043Eg',
    '\uFF42log',
    'blo\u0131',
    '\u202Egolb',
    'blog\u200B',
    'blog\nevil',
    'blog\0',
    "blog'",
    'blog"',
  ]
  const names = [...plain, ...odd]

  it('are refused in what is typed and in what a form sends alike, by every command that takes one', async () => {
    for (const name of names) {
      for (const command of ['jail create', 'jail destroy', 'jail restore', 'jail info']) {
        expectRefusal(await demo.say('ana', `${command} host:demo jail:${quoted(name)}`), 'bad_argument')
        expectRefusal(await demo.say('ana', { kind: 'options', command, options: { jail: name, host: 'demo' } }), 'bad_argument')
      }
      expectRefusal(await demo.say('ana', `proxy add blog.example.com host:demo jail:${quoted(name)}`), 'bad_argument')
    }
    for (const name of ['-rf', '../x', 'a;b']) expectRefusal(await demo.say('ana', `jail create ${name}`), 'bad_argument')
    expect(listing(demo.hostFolder)).toEqual(untouched)
  })

  it('that are no text at all are refused too', async () => {
    for (const jail of [1, true, null, ['blog'], { name: 'blog' }]) {
      const said = { kind: 'options', command: 'jail create', options: { jail, host: 'demo' } } as Parameters<Demo['say']>[1]
      const answer = await demo.say('ana', said).catch((error: unknown) => toJailopsError(error))
      if ('state' in answer) expectRefusal(answer, 'bad_argument')
      else expect(answer.code).toMatch(/^(usage|bad_argument)$/)
    }
  })

  it('an unknown jail, a near miss, one that is there, and an unknown host', async () => {
    await demo.sayApproved('ana', 'jail create blog nginx:no host:demo')
    const before = listing(demo.hostFolder)
    expectRefusal(await demo.say('ana', 'jail destroy wiki host:demo'), 'unknown_jail')
    const near = await demo.say('ana', 'jail destroy blgo host:demo')
    expectRefusal(near, 'unknown_jail')
    expect(near.text).toContain('blog')
    expectRefusal(await demo.say('ana', 'jail create blog host:demo'), 'jail_exists')
    expectRefusal(await demo.say('ana', 'jail restore wiki host:demo'), 'not_in_trash')
    expectRefusal(await demo.say('ana', 'proxy remove blog.example.com host:demo'), 'unknown_route')
    expectRefusal(await demo.say('ana', 'jail create wiki'), 'which_host')
    expectRefusal(await demo.say('ana', 'jail create wiki host:dmeo'), 'unknown_host')
    for (const ip of ['10.0.0.5', '127.0.0.1', '0.0.0.0', '255.255.255.255']) {
      const card = await demo.say('ana', `jail create wiki host:demo ip:${ip}`)
      expect([ip, card.state]).toEqual([ip, 'refused'])
    }
    expect(listing(demo.hostFolder)).toEqual(before)
  })

  it('a pool with no address left, counting what waits for approval', async () => {
    const waiting: string[] = []
    let last = await demo.say('ana', 'jail create one host:demo', { wait: 'approval' })
    for (const name of ['two', 'three', 'four', 'five', 'six', 'seven']) {
      if (last.state !== 'waiting') break
      waiting.push(last.request)
      last = await demo.say('ana', `jail create ${name} host:demo`, { wait: 'approval' })
    }
    expectRefusal(last, 'pool_exhausted')
    expect(waiting.length).toBeGreaterThan(2)
    for (const request of waiting) await demo.say('ana', `job cancel ${request}`)
    const again = await demo.say('ana', 'jail create one host:demo', { wait: 'approval' })
    expect(again.state).toBe('waiting')
    await demo.say('ana', `job cancel ${again.request}`)
  })
})

describe('host names of sites', () => {
  const sites = [
    'blog example.com', 'blog.example.com"', "blog.example.com'", 'blog.example.com\nevil.example.com', 'blog.example.com\r', 'blog.example.com#x',
    'blog.*.com', '*', '*.', '*.com', '**.example.com', 'a*.example.com', 'blog.example.*', `${'a'.repeat(60)}.`.repeat(4) + 'example.com', `${'a.'.repeat(122)}example.com`,
    `${'a'.repeat(64)}.example.com`, '10.0.0.1', '127.0.0.1', '[::1]', '::1', '0x7f000001', '2130706433', '127.1', 'localhost', 'http://blog.example.com', 'blog.example.com:80',
    '-a.example.com', 'a-.example.com', 'a..example.com', '.example.com', 'xn--a.example.com', 'blog.example.com\0', '\u202Emoc.elpmaxe',
    'blog.exa%mple.com', 'blog_x.example.com', 'blog.example.com;id', '', 'x'.repeat(2000),
  ] // prettier-ignore

  it('that no browser would ask for, or that a file would read as something else', async () => {
    const before = listing(demo.hostFolder)
    expect(`${'a.'.repeat(122)}example.com`.length).toBeGreaterThan(253)
    for (const site of sites) {
      expectRefusal(await demo.say('ana', `proxy add jail:blog host:demo site:${quoted(site)}`), 'bad_argument')
      expectRefusal(
        await demo.say('ana', { kind: 'options', command: 'proxy add', options: { site, jail: 'blog', host: 'demo' } }),
        'bad_argument',
      )
    }
    expectRefusal(await demo.say('ana', 'proxy add nosuch.example.com host:demo'), 'missing_argument')
    // a path, of a host that nobody has yet
    expectRefusal(await demo.say('ana', 'proxy add blog.example.com/path jail:blog host:demo'), 'unknown_route')
    expect(listing(demo.hostFolder)).toEqual(before)
  })

  it('one with letters of its own is shown in both forms, and answers to its ASCII one', async () => {
    await demo.sayApproved('ana', 'jail create wiki host:demo')
    const card = await demo.sayApproved('ana', 'proxy add bücher.example.com jail:wiki host:demo')
    expect(card.state).toBe('done')
    expect(card.fields).toContainEqual({ name: 'Site', value: 'xn--bcher-kva.example.com (bücher.example.com)' })
    expect(JSON.stringify((await demo.say('ana', 'proxy list host:demo')).table)).toContain(
      'xn--bcher-kva.example.com (bücher.example.com)',
    )
    expect((await demo.get('xn--bcher-kva.example.com')).body).toContain('served by jail wiki')
    const wild = await demo.sayApproved('ana', 'proxy add *.wiki.example.com jail:wiki host:demo')
    expect(wild.state).toBe('done')
    expect((await demo.get('any.wiki.example.com')).status).toBe(200)
    expect((await demo.get('wiki.example.com')).status).toBe(421)
    const taken = await demo.say('ana', 'proxy add BÜCHER.example.com jail:blog host:demo')
    expectRefusal(taken, 'route_exists')
    expectRefusal(await demo.say('ana', 'proxy add other.example.com jail:gone host:demo'), 'unknown_jail')
    await demo.sayApproved('ana', 'jail stop wiki host:demo')
    expectRefusal(await demo.say('ana', 'proxy add other.example.com jail:wiki host:demo'), 'jail_stopped')
    await demo.sayApproved('ana', 'jail start wiki host:demo')
  })
})

describe('files on the host that are not as they should be', () => {
  it('a HAProxy configuration that does not validate: the change is undone, the old one keeps serving', async () => {
    const broken = join(demo.hostFolder, 'usr/local/etc/haproxy.d/99-own.cfg')
    writeFileSync(broken, 'backend mine\n  nonsense here\n')
    await demo.sayApproved('ana', 'jail create shop host:demo')
    const before = listing(demo.hostFolder)
    const card = await demo.sayApproved('ana', 'proxy add shop.example.com host:demo')
    expect(card).toMatchObject({ state: 'undone', reason: 'config_invalid' })
    expect(card.text).toMatch(/nonsense/)
    expect(card.text).toContain(broken)
    // nor can a jail be taken away with its route: that is undone, and its site goes on
    expect(await demo.sayApproved('ana', 'jail destroy wiki host:demo')).toMatchObject({ state: 'undone', reason: 'config_invalid' })
    expect(listing(demo.hostFolder)).toEqual(before)
    expect((await demo.get('xn--bcher-kva.example.com')).status).toBe(200)
    expect((await demo.get('shop.example.com')).status).toBe(421)
    rmSync(broken)
    expect((await demo.sayApproved('ana', 'proxy add shop.example.com host:demo')).state).toBe('done')
    expect((await demo.get('shop.example.com')).body).toContain('served by jail shop')
    await demo.sayApproved('ana', 'jail destroy shop host:demo')
  })

  it("an nginx configuration that does not validate: the base's own is broken, so a new jail is taken back", async () => {
    const included = join(demo.hostFolder, 'usr/jails/.base/usr/local/etc/nginx')
    mkdirSync(included, { recursive: true })
    writeFileSync(join(included, 'mime.types'), 'types { this is not;;; \n')
    const before = listing(demo.hostFolder)
    const card = await demo.sayApproved('ana', 'jail create shop host:demo')
    expect(card).toMatchObject({ state: 'undone' })
    expect(card.text).toMatch(/mime\.types/)
    expect(listing(demo.hostFolder)).toEqual(before)
    rmSync(join(demo.hostFolder, 'usr/jails/.base/usr/local'), { recursive: true })
  })

  it('a jail whose root has symlinks where we write: nothing outside it changes', async () => {
    const outside = temporaryFolder()
    const target = join(outside, 'precious.txt')
    writeFileSync(target, 'precious')
    mkdirSync(join(outside, 'folder'))
    const base = join(demo.hostFolder, 'usr/jails/.base')
    for (const [at, to] of [
      ['usr/local/etc', join(outside, 'folder')],
      ['usr/local/www', join(outside, 'folder')],
      ['etc/rc.conf', target],
    ] as const) {
      const path = join(base, at)
      const kept = `${path}.kept`
      mkdirSync(join(path, '..'), { recursive: true })
      try {
        execFileSync('mv', [path, kept], { stdio: 'ignore' })
      } catch {
        // it was not there
      }
      symlinkSync(to, path)
      const before = { outside: listing(outside), host: listing(demo.hostFolder) }
      const card = await demo.sayApproved('ana', 'jail create trap host:demo')
      expect([at, listing(outside)]).toEqual([at, before.outside])
      expect([at, hasEnded(card.state)]).toEqual([at, true])
      if (card.state === 'done') await demo.sayApproved('ana', 'jail destroy trap host:demo')
      expect([at, listing(demo.hostFolder)]).toEqual([at, before.host])
      rmSync(path)
      try {
        execFileSync('mv', [kept, path], { stdio: 'ignore' })
      } catch {
        // it was not there
      }
    }
  })

  it('planted in a jail that runs: a destroy and a restore move the links, and follow none', async () => {
    const outside = temporaryFolder()
    writeFileSync(join(outside, 'index.html'), 'precious')
    const root = join(demo.hostFolder, 'usr/jails/wiki')
    for (const at of ['usr/local/www/nginx/index.html', 'usr/local/etc/nginx/nginx.conf.new', 'etc/resolv.conf']) {
      rmSync(join(root, at), { force: true })
      symlinkSync(join(outside, 'index.html'), join(root, at))
    }
    const before = listing(outside)
    expect((await demo.sayApproved('ana', 'jail destroy wiki host:demo')).state).toBe('done')
    expect((await demo.sayApproved('ana', 'jail restore wiki host:demo')).state).toBe('done')
    expect(listing(outside)).toEqual(before)
    expect(readFileSync(join(outside, 'index.html'), 'utf8')).toBe('precious')
  })

  it('a jail.conf.d file that jail(8) cannot read does not keep others from being made', async () => {
    const broken = join(demo.hostFolder, 'etc/jail.conf.d/broken.conf')
    writeFileSync(broken, 'broken { path = "/x"')
    const card = await demo.sayApproved('ana', 'jail create beside nginx:no boot:no host:demo')
    expect(['done', 'refused']).toContain(card.state)
    if (card.state === 'refused') expect(card.text).toContain('broken')
    rmSync(broken)
    if (card.state === 'done') await demo.sayApproved('ana', 'jail destroy beside host:demo')
  })
})
