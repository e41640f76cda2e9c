import { describe, expect, it } from 'vitest'
import exportSites from '../../commands/proxy/sites/export.ts'
import list from '../../commands/proxy/list.ts'
import log from '../../commands/proxy/log.ts'
import show from '../../commands/proxy/show.ts'
import test from '../../commands/proxy/test.ts'
import type { LookAnswer, ObservedFacts } from '../../src/core/host.ts'
import type { LogLine } from '../../src/core/proxy-log.ts'
import { refusal } from '../core/refusal.ts'
import { testFacts } from '../host/facts-helper.ts'
import { answerOf, backendOfJail, jail, readyProxy, route, routeTo } from './say.ts'

const site = route.host
const shop = jail({ name: 'shop', address: '10.0.0.6', state: 'stopped' })
const two = {
  ...route,
  targets: [
    { jail: 'blog', weight: 90 },
    { jail: 'shop', port: 3000, weight: 10 },
  ],
}
const proxy = {
  ...readyProxy,
  routes: [route],
  backends: [backendOfJail('blog')],
  settings: { [site]: { owner: 'ana', limit: 5, users: ['bo'] } },
}
const observed: Partial<ObservedFacts> = { jails: [jail(), shop], proxy }

describe('proxy list', () => {
  const routes = [{ ...two, path: '/app' }, two, routeTo('shop')]
  const listed = (args: Record<string, unknown>) =>
    answerOf(list, args, { ...observed, proxy: { ...proxy, routes } }).table?.rows.map(([first]) => first)

  it('says shares, marks and whose it is', () => {
    expect(answerOf(list, {}, { ...observed, proxy: { ...proxy, routes: [two] } }).table?.rows).toEqual([
      [site, 'blog 90%, shop:3000 10%', '10.0.0.5, 10.0.0.6', 'running, stopped', '5/10 s, password 1', 'ana'],
    ])
  })

  it('shows those of a jail, or of a person', () => {
    expect(listed({ jail: 'blog' })).toEqual([site, `${site}/app`])
    expect(listed({ owner: 'bo' })).toEqual([])
    expect(listed({ owner: 'ana' })).toEqual([site, `${site}/app`])
  })
})

describe('proxy show', () => {
  it('has all of it in one place', () => {
    const certificates = [
      { site, names: [site], path: '/x', startsAt: 0, expiresAt: Date.UTC(2027, 0, 2), issuer: "Let's Encrypt", isRenewed: true },
    ]
    const change = {
      before: null,
      after: { host: site, targets: [], settings: {} },
      request: 'r1',
      person: 'ana',
      at: Date.UTC(2026, 10, 26),
    }
    const answer = answerOf(show, { site }, { ...observed, proxy: { ...proxy, routes: [two], certificates }, siteChanges: [change] })
    const field = (name: string) => answer.fields?.find((one) => one.name === name)?.value
    expect(answer.title).toBe(`${site} goes to blog 90%, shop:3000 10%`)
    expect(field('Certificate')).toBe("Let's Encrypt, until 2027-01-02 00:00, renewed by jailops")
    expect(field('Limit')).toContain('5 requests')
    expect(field('Passwords')).toBe('bo')
    expect(field('Last change')).toContain('2026-11-26 00:00 by ana (r1)')
    expect(answer.table?.rows[1]).toEqual(['shop:3000', '10', '10.0.0.6', 'stopped', 'not asked: an app'])
  })
})

describe('proxy test', () => {
  const well: Record<string, LookAnswer> = {
    name: { exitCode: 0, stdout: `${site} has address 127.0.0.1\n`, stderr: '' },
    front: { exitCode: 200, stdout: 'hello', stderr: '' },
    'jail blog': { exitCode: 200, stdout: 'hello', stderr: '' },
  }
  const asked = (more: Record<string, LookAnswer> = {}, seen: Partial<ObservedFacts> = {}, wanted = site) =>
    answerOf(test, { site: wanted }, { ...observed, looked: { ...well, ...more }, ...seen })
  const nobody: LookAnswer = { exitCode: undefined, stdout: '', stderr: 'connection refused' }

  it('asks the name, the front, and each jail itself', () => {
    const looks = test.risk === 'read' ? test.looks?.({ args: { site }, facts: testFacts(observed) }) : undefined
    expect(looks).toMatchObject({
      name: { argv: ['host', '-t', 'A', site] },
      front: { http: { address: '127.0.0.1', port: 80, path: '/', hostHeader: site } },
      'jail blog': { http: { address: '10.0.0.5', port: 80, path: '/', hostHeader: site } },
    })
  })

  it('says so where all is well, with the line to try it before DNS', () => {
    const answer = asked()
    expect(answer.title).toBe(`${site} answers`)
    expect(answer.text).toContain(`127.0.0.1 ${site}`)
    expect(answer.table?.rows.map(([state]) => state)).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  const proxyStopped = { proxy: { ...proxy, running: false } }
  const jailStopped = { jails: [jail({ state: 'stopped' as const })] }
  const closed = { proxy: { ...proxy, settings: { [site]: { maintenance: true as const } } } }
  it.each<[string, Record<string, LookAnswer>, Partial<ObservedFacts>, string]>([
    ['the proxy does not run', {}, proxyStopped, 'front at 127.0.0.1:80'],
    ['nobody listens at the front', { front: nobody }, {}, 'front at 127.0.0.1:80'],
    ['the running proxy does not know it', { front: { exitCode: 421, stdout: '', stderr: '' } }, {}, 'front at 127.0.0.1:80'],
    ['the maintenance page shows', { front: { exitCode: 503, stdout: '', stderr: '' } }, closed, 'front at 127.0.0.1:80'],
    ['the jail is stopped', {}, jailStopped, 'jail blog'],
    ['nothing listens in the jail', { 'jail blog': nobody }, {}, 'jail blog'],
    ['the jail is gone', {}, { jails: [] }, 'jail blog'],
  ])('says where it breaks: %s', (_, more, seen, where) => {
    const answer = asked(more, seen)
    expect(answer.title).toBe(`${site} breaks at: ${where}`)
    expect(answer.table?.rows.some(([state, what]) => state === 'BROKEN' && what === where)).toBe(true)
  })

  it('of a name that nobody has routed it says how to', () => {
    const answer = asked({}, {}, 'new.example.org')
    expect(answer.title).toBe('new.example.org breaks at: map')
    expect(answer.text).toContain('/proxy add new.example.org jail:NAME')
  })

  it('finds who answers by a wildcard, and below a path', () => {
    const routes = [
      { ...route, host: '*.example.com' },
      { ...routeTo('shop'), host: '*.example.com', path: '/app' },
    ]
    const asking = (wanted: string) =>
      asked({ 'jail shop': nobody }, { proxy: { ...proxy, routes } }, wanted).table?.rows.map(([, , says]) => says)
    expect(asking('x.example.com')).toContain('*.example.com → jail_blog')
    expect(asking('x.example.com/app/a')).toContain('*.example.com/app → jail_shop')
    expect(asking('x.example.com/apple')).toContain('*.example.com → jail_blog')
  })

  it('a DNS that leads elsewhere is said, and is no break by itself', () => {
    const answer = asked({ name: { exitCode: 0, stdout: `${site} has address 203.0.113.9\n`, stderr: '' } })
    expect(answer.title).toBe(`${site} answers`)
    expect(answer.table?.rows[0]?.[2]).toContain('203.0.113.9')
  })
})

const line = (more: Partial<LogLine>): LogLine => ({
  site,
  host: site,
  at: Date.UTC(2026, 10, 26, 5),
  client: '203.0.113.9',
  status: 200,
  bytes: 10,
  milliseconds: 12,
  backend: 'jail_blog',
  server: 'blog',
  ended: '--',
  method: 'GET',
  path: '/',
  ...more,
})
const shown = (lines: LogLine[], args: Record<string, unknown> = {}) =>
  answerOf(log, args, { ...observed, proxyLog: lines }).text?.split('\n')

describe('proxy log', () => {
  it('shows the last ones, and who answered', () => {
    const lines = [line({ path: '/old' }), line({}), line({ status: 301, server: '<NOSRV>', ended: 'LR', backend: 'web' })]
    expect(shown(lines, { site, lines: 2 })).toEqual([
      '2026-11-26 05:00:00 203.0.113.9 200 12 ms blog GET /',
      '2026-11-26 05:00:00 203.0.113.9 301 12 ms front GET /',
    ])
  })

  it('of a spare backend names the jail that has it only for sites that lead there: it was another one’s before', () => {
    const slot = { ...backendOfJail('shop'), name: 'slot_01' }
    const routes = [route, { ...routeTo('shop'), backend: 'slot_01' }]
    const lines = [line({ backend: 'slot_01' }), line({ backend: 'slot_01', server: '<NOSRV>', site: 'gone.example.com' })]
    const theirs = line({ backend: 'slot_01', site: routeTo('shop').host })

    const { text } = answerOf(log, {}, { ...observed, proxy: { ...proxy, routes, backends: [slot] }, proxyLog: [...lines, theirs] })

    expect(text?.split('\n').map((one) => one.split(' ')[6])).toEqual(['slot_01', 'slot_01(nobody)', 'shop'])
  })

  it('keeps to the site that is asked for', () => {
    expect(shown([line({ site: 'shop.example.com', path: '/secret' })], { site })?.join()).not.toContain('/secret')
  })

  it('writes out what a stranger may have put there to deceive', () => {
    expect(shown([line({ path: '/a\u001B[31m\u202E`@everyone' })])?.[0]).toContain(String.raw`/a\u{1b}[31m\u{202e}\u{60}@everyone`)
    expect(shown([line({ path: `/${'x'.repeat(900)}` })])?.[0]?.length).toBeLessThan(220)
  })

  it('refuses a site that is not routed', () => {
    expect(refusal(() => answerOf(log, { site: 'nobody.example.com' }, observed)).code).toBe('unknown_route')
  })
})

describe('proxy sites export', () => {
  it('is a file of all sites, by name, without those that are not ours', () => {
    const routes = [route, { host: 'theirs.example.com', backend: 'x', targets: [] }]
    const answer = answerOf(exportSites, {}, { ...observed, proxy: { ...proxy, routes } })
    expect(JSON.parse(answer.files?.[0]?.text ?? '')).toEqual([{ host: site, targets: route.targets, settings: proxy.settings[site] }])
    expect(answer.text).toContain('Left out: 1')
  })
})
