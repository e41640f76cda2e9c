import { describe, expect, it } from 'vitest'
import history from '../../commands/proxy/history.ts'
import importSites from '../../commands/proxy/sites/import.ts'
import undo from '../../commands/proxy/undo.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { PastChange, Site, SiteSettings } from '../../src/core/proxy.ts'
import { refusal } from '../core/refusal.ts'
import { answerOf, backendOfJail, jail, planOf, readyProxy, request, route, titles } from './say.ts'

const host = route.host
const site = (settings: SiteSettings = {}, more: Partial<Site> = {}): Site => ({
  host,
  targets: [{ jail: 'blog', weight: 100 }],
  settings,
  ...more,
})
const past = (before: Site | null, after: Site | null, more: Partial<PastChange> = {}): PastChange => ({
  before,
  after,
  request,
  person: 'bo',
  at: Date.UTC(2026, 10, 26),
  ...more,
})
const shop = jail({ name: 'shop', address: '10.0.0.6' })
function now(settings: SiteSettings | null, siteChanges: PastChange[] = []): Partial<ObservedFacts> {
  const backends = [backendOfJail('blog'), backendOfJail('shop', { targets: [{ jail: 'shop', weight: 100, address: '10.0.0.6' }] })]
  const routed = settings === null ? { routes: [] } : { routes: [route], settings: { [host]: settings } }
  return { jails: [jail(), shop], proxy: { ...readyProxy, backends, ...routed }, siteChanges }
}

const importing = (sites: unknown, observed = now({ limit: 5 }), by = {}) => {
  const looked = { file: { exitCode: 0, stdout: typeof sites === 'string' ? sites : JSON.stringify(sites), stderr: '' } }
  return planOf(importSites, { file: 'sites.json' }, { ...observed, looked }, by)
}

describe('proxy history', () => {
  it('says what changed, newest first', () => {
    const changes = [
      past(site(), site({ limit: 5, maintenance: true })),
      past(null, site(), { at: Date.UTC(2026, 10, 25) }),
      past(null, site({}, { host: 'other.example.com' })),
    ]
    const { table } = answerOf(history, { site: host }, { siteChanges: changes })
    expect(table?.rows.map(([when, , , what]) => [when, what])).toEqual([
      ['2026-11-26 00:00', `${host}: limit off → 5; maintenance off → on`],
      ['2026-11-25 00:00', `${host} added, to blog`],
    ])
  })

  it('says so where nothing is remembered', () => {
    expect(answerOf(history, { site: host }, {}).title).toBe(`No changes of ${host} are remembered`)
  })
})

describe('proxy undo', () => {
  it('takes the newest change of a site back, and is itself one that can be taken back', () => {
    const plan = planOf(undo, { site: host }, now({ limit: 5 }, [past(site(), site({ limit: 5 })), past(null, site())]))
    expect(titles(plan)).toEqual([`Take limit of ${host} away`])
    expect(plan.sites).toEqual([{ before: site({ limit: 5 }), after: site() }])
  })

  it('brings a site back that was removed, with its settings, and closes it before it is routed', () => {
    const before = site({ owner: 'ana', allow: ['10.0.0.1'], maintenance: true })
    const plan = planOf(undo, { site: host }, now(null, [past(before, null)]), { granted: [] })
    const keys = plan.steps.flatMap(({ action }) => ('key' in action ? [action.path.split('/').at(-1)] : []))
    expect(keys).toEqual(['allow.map', 'allow-on.map', 'owners', 'hosts.map', 'maintenance.map'])
  })

  it('sends a site that was moved back', () => {
    const moved = past(site({}, { targets: [{ jail: 'shop', weight: 100 }] }), site())
    expect(titles(planOf(undo, { site: host }, now({}, [moved]))).join()).toContain(`Send ${host} to shop`)
  })

  it('takes all of a request back', () => {
    const other = site({}, { host: 'other.example.com' })
    const observed = now({ limit: 5 }, [past(other, null), past(site(), site({ limit: 5 }))])
    expect(planOf(undo, { request }, observed).sites).toHaveLength(2)
  })

  const app = site({ owner: 'ana' }, { path: '/app' })

  it('brings back with a site what lay below it and went with it', () => {
    const whole = site({ owner: 'ana' })
    const plan = planOf(undo, { site: host }, now(null, [past(whole, null), past(app, null)]))
    expect(plan.sites?.map(({ after }) => after?.path)).toEqual([undefined, '/app'])
  })

  it('takes a path back, whatever became of the settings of its host since', () => {
    const observed = now({ owner: 'ana', limit: 5 }, [past(null, app)])
    const routes = [route, { ...route, path: '/app' }]
    const plan = planOf(undo, { site: `${host}/app` }, { ...observed, proxy: { ...readyProxy, ...observed.proxy, routes } })
    expect(plan.sites).toEqual([{ before: { ...app, settings: { owner: 'ana', limit: 5 } }, after: null }])
  })

  it('brings a site back that took a password, closed: the words for a new one are true then', () => {
    const plan = planOf(undo, { site: host }, now(null, [past(site({ users: ['ana'], limit: 5 }), null)]))
    expect(plan.sites?.[0]?.after?.settings).toEqual({ users: [], limit: 5 })
    expect(titles(plan).indexOf(`Set auth-on of ${host}`)).toBeLessThan(titles(plan).indexOf(`Send ${host} to blog`))
    expect(plan.remarks.join(' ')).toContain('/proxy auth add')
  })

  it('says that https stays away where the certificate is gone, and remembers the site as it is then', () => {
    const whole = site({ https: 'only', limit: 5 })
    const plan = planOf(undo, { site: host }, now(null, [past(whole, null)]))
    expect(plan.sites).toEqual([{ before: null, after: site({ limit: 5 }) }])
    expect(plan.remarks.join(' ')).toContain(`/proxy https on ${host}`)
    const off = planOf(undo, { site: host }, now({ limit: 5 }, [past(whole, site({ limit: 5 }))]))
    expect([off.steps, off.sites]).toEqual([[], undefined])
    expect(off.remarks.join(' ')).toContain(`/proxy https on ${host}`)
  })

  it('reserves what it brings back, and leaves what another open request is about to route', () => {
    const removed = now(null, [past(site(), null)])
    expect(planOf(undo, { site: host }, removed).reserves).toContain(`site:${host}`)
    const taken = () => planOf(undo, { site: host }, { ...removed, reservedByOthers: [`site:${host}`] })
    expect(refusal(taken).code).toBe('route_exists')
  })

  it('leaves nothing below a host that nobody has: whoever claims it next would have it in their site', () => {
    const observed = now({ owner: 'ana' }, [past(null, site({ owner: 'ana' }))])
    const routes = [route, { ...route, path: '/app' }]
    const leaving = () => planOf(undo, { site: host }, { ...observed, proxy: { ...readyProxy, ...observed.proxy, routes } })
    expect(refusal(leaving).message).toContain(`/proxy remove ${host}`)
    const coming = () => planOf(undo, { site: `${host}/app` }, now(null, [past(app, null)]))
    expect(refusal(coming).code).toBe('unknown_route')
  })

  it.each<[string, SiteSettings | null, PastChange[], Record<string, unknown>, string]>([
    ['a site that has changed since', { limit: 9 }, [past(site(), site({ limit: 5 }))], { site: host }, 'plan_changed'],
    ['a site that was added again since', {}, [past(site(), null)], { site: host }, 'plan_changed'],
    ['passwords, which are kept nowhere', {}, [past(site({ users: ['ana'] }), site())], { site: host }, 'nothing_to_do'],
    ['what is not remembered', {}, [], { site: host }, 'unknown_route'],
    ['a request that is not remembered', {}, [], { request }, 'unknown_request'],
    ['neither', {}, [], {}, 'usage'],
    [
      "somebody else's site",
      { owner: 'bo', limit: 5 },
      [past(site({ owner: 'bo' }), site({ owner: 'bo', limit: 5 }))],
      { site: host },
      'not_owner',
    ],
    [
      'a wildcard, without the permission',
      null,
      [past(site({ owner: 'ana' }, { host: '*.example.com' }), null)],
      { site: '*.example.com' },
      'permission_denied',
    ],
    ["what was somebody else's", null, [past(site({ owner: 'bo' }), null)], { site: host }, 'not_owner'],
  ])('refuses %s', (_, settings, changes, args, code) => {
    expect(refusal(() => planOf(undo, args, now(settings, changes), { granted: [] })).code).toBe(code)
  })
})

describe('proxy sites import', () => {
  it('says which are new, changed and as before', () => {
    const fresh = site({ redirect: 'https://www.example.com' }, { host: 'new.example.com', targets: [{ jail: 'shop', weight: 100 }] })
    const plan = importing([site({ limit: 7 }), fresh])
    expect(plan.outcome).toEqual([
      { name: 'New', value: 'new.example.com' },
      { name: 'Changed', value: host },
      { name: 'As before', value: '0' },
    ])
    expect(plan.reserves).toContain('site:new.example.com')
    expect(plan.sites).toHaveLength(2)
  })

  it('leaves out what the host does not have: passwords and certificates; a site that had passwords lets nobody in', () => {
    const plan = importing([site({ users: ['ana'], https: 'only' }, { host: 'new.example.com' })])
    expect(plan.sites?.[0]?.after?.settings).toEqual({ owner: 'ana', users: [] })
  })

  it('takes what an export writes of a drained site: drained stays what is there, what comes is open', () => {
    const drained = [{ jail: 'blog', weight: 0 }]
    const plan = importing([site({}, { targets: drained }), site({}, { host: 'new.example.com', targets: drained })], now({}))
    expect(plan.sites?.map(({ after }) => after?.targets[0]?.weight)).toEqual([0, 100])
    const undone = planOf(undo, { site: host }, now(null, [past(site({}, { targets: drained }), null)]))
    expect(undone.sites?.[0]?.after?.targets).toEqual([{ jail: 'blog', weight: 100 }])
  })

  it('a new site that the file says no owner of is of whoever brings it; one that is there keeps its own', () => {
    const sites = [site({ limit: 7 }), site({}, { host: 'new.example.com' })]
    const plan = importing(sites, now({ owner: 'bo' }), { person: 'ana' })
    expect(plan.sites?.map(({ after }) => after?.settings.owner)).toEqual(['bo', 'ana'])
  })

  it('of what is so already nothing is done', () => {
    expect(importing([site({ limit: 5 })]).steps).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['no list', 'hello', 'no list of sites'],
    ['a jail that is not there', [site({}, { targets: [{ jail: 'gone', weight: 100 }] })], 'There is no jail gone'],
    ['a name twice', [site(), site()], 'twice'],
    ['a public suffix', [site({}, { host: 'co.uk' })], 'Nobody can own co.uk'],
    ['a wildcard, without the permission', [site({}, { host: '*.example.com' })], 'proxy.wildcard'],
    ["a site of somebody else's, by the file", [site({ owner: 'eve' }, { host: 'new.example.com' })], "eve's"],
    ['a path of a host that nobody has', [site({}, { host: 'new.example.com', path: '/app' })], 'No site new.example.com'],
    ['a name with a newline', [site({}, { host: 'new.example.com\nevil.example.com jail_x' })], 'letters, digits'],
    ['a redirect with a command', [site({ redirect: 'https://x.example.com/;disable server a/b' })], 'redirect'],
    ['a network that HAProxy would not find', [site({ allow: ['10.0.0.1 1\nevil'] })], 'allow'],
    ['a jail name with a newline', [{ ...site(), targets: [{ jail: 'blog\nx', weight: 1 }] }], 'jail name'],
    ['an owner with a newline', [site({ owner: 'ana\nevil.example.com x' })], 'owner'],
    ['a field that we do not know', [{ ...site(), acl: 'always_true' }], 'Unrecognized key'],
  ])('is all or nothing: %s', (_, sites, words) => {
    const refused = refusal(() => importing(sites, now({}), { granted: [] }))
    expect(refused.code).toBe('bad_argument')
    expect(refused.message).toContain(words)
  })

  it('refuses a file that is not there', () => {
    const looked = { file: { exitCode: undefined, stdout: '', stderr: '' } }
    expect(refusal(() => planOf(importSites, { file: 'sites.json' }, { ...now({}), looked })).code).toBe('unknown_archive')
  })

  it.each(['../etc/passwd', '/etc/passwd', 'a b.json', '.json'])('refuses the name %s', (file) => {
    expect(refusal(() => planOf(importSites, { file })).code).toBe('bad_argument')
  })
})
