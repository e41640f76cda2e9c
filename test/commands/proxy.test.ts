import { describe, expect, it } from 'vitest'
import add from '../../commands/proxy/add.ts'
import list from '../../commands/proxy/list.ts'
import move from '../../commands/proxy/move.ts'
import remove from '../../commands/proxy/remove.ts'
import { refusal } from '../core/refusal.ts'
import { answerOf, backendOfJail, jail, planOf, readyProxy, route, routeTo, titles } from './say.ts'

describe('proxy add', () => {
  it('guesses the jail from the first label, and takes the one that is said', () => {
    const shop = jail({ name: 'shop', address: '10.0.0.6', root: '/usr/jails/shop' })
    const observed = { jails: [jail(), shop], proxy: readyProxy }
    expect(planOf(add, { site: 'blog.example.com' }, observed).outcome).toContainEqual({ name: 'Jail', value: 'blog' })
    expect(planOf(add, { site: 'blog.example.com', jail: 'shop' }, observed).outcome).toContainEqual({ name: 'Jail', value: 'shop' })
  })

  it('shows both forms of an international name', () => {
    const plan = planOf(add, { site: 'bücher.example.com', jail: 'blog' }, { jails: [jail()], proxy: readyProxy })
    expect(plan.outcome).toContainEqual({ name: 'Site', value: 'xn--bcher-kva.example.com (bücher.example.com)' })
  })

  it('needs no reload for a further site of the same jail', () => {
    const routed = { ...readyProxy, routes: [route], backends: [backendOfJail('blog')] }
    expect(titles(planOf(add, { site: 'www.example.com', jail: 'blog' }, { jails: [jail()], proxy: routed })).join()).not.toContain(
      'Reload',
    )
  })

  it('does nothing for a route that stands', () => {
    expect(planOf(add, { site: 'blog.example.com' }, { jails: [jail()], proxy: { ...readyProxy, routes: [route] } }).steps).toEqual([])
  })

  it('gives a name files of its own in the jail before it is routed; one that is routed already gets them, too', () => {
    const fresh = titles(planOf(add, { site: 'blog.example.com', files: 'own' }, { jails: [jail()], proxy: readyProxy }))
    expect(fresh.indexOf('Reload nginx in blog')).toBeGreaterThan(fresh.indexOf('Make the folder of blog.example.com in blog'))
    expect(fresh.indexOf('Send blog.example.com to blog')).toBeGreaterThan(fresh.indexOf('Reload nginx in blog'))
    const routed = { jails: [jail()], proxy: { ...readyProxy, routes: [route], backends: [backendOfJail('blog')] } }
    expect(titles(planOf(add, { site: 'blog.example.com', files: 'own' }, routed)).at(-1)).toBe('Reload nginx in blog')
    for (const more of [{ port: 3000 }, { path: '/app' }, { site: '*.example.com' }])
      expect(refusal(() => planOf(add, { site: 'blog.example.com', jail: 'blog', files: 'own', ...more }, routed)).code).toBe(
        'bad_argument',
      )
  })

  it.each([
    ['a site of another jail', 'route_exists', { proxy: { ...readyProxy, routes: [{ ...routeTo('shop'), host: route.host }] } }],
    ['a site that another request is about to route', 'route_exists', { reservedByOthers: ['site:blog.example.com'] }],
    ['a jail that does not run', 'jail_stopped', { jails: [jail({ state: 'stopped' as const })] }],
    ['a jail of others', 'not_ours', { jails: [jail({ ours: false })] }],
    ['no jail to guess', 'missing_argument', { jails: [] }],
  ])('refuses %s', (_, code, observed) => {
    expect(refusal(() => planOf(add, { site: 'blog.example.com' }, { jails: [jail()], proxy: readyProxy, ...observed })).code).toBe(code)
  })
})

describe('who may take which name', () => {
  const observed = { jails: [jail()], proxy: { ...readyProxy, routes: [route], backends: [backendOfJail('blog')] } }
  const taking = (site: string, by = {}, more = {}) => planOf(add, { site, jail: 'blog', ...more }, observed, { granted: [], ...by })

  it('who adds a host owns it', () => {
    const { sites, steps } = taking('new.example.com', { person: 'slack:user:U1' })
    expect(sites).toEqual([
      { before: null, after: { host: 'new.example.com', targets: [{ jail: 'blog', weight: 100 }], settings: { owner: 'slack:user:U1' } } },
    ])
    expect(steps.map(({ action }) => action)).toContainEqual(
      expect.objectContaining({ kind: 'map-entry', key: 'new.example.com', value: 'slack%3Auser%3AU1' }),
    )
  })

  it.each([
    ['a public suffix', 'co.uk', 'bad_argument'],
    ['all names below one', '*.github.io', 'bad_argument'],
    ['a name that probes ask for', 'jailops-check.example.com', 'bad_argument'],
    ['a name that nobody can have', 'nobody.invalid', 'bad_argument'],
    ['a wildcard without the permission', '*.example.com', 'permission_denied'],
    ['a path of a host that nobody has', 'other.example.com/app', 'unknown_route'],
  ])('%s is refused', (_, site, code) => {
    expect(refusal(() => taking(site)).code).toBe(code)
  })

  it('what nobody can own is refused before it is asked which jail should answer', () => {
    expect(refusal(() => planOf(add, { site: 'co.uk' }, observed, { granted: [] })).code).toBe('bad_argument')
  })

  it('a wildcard takes its own permission', () => {
    expect(taking('*.example.com', { granted: ['proxy.wildcard'] }).sites?.[0]?.after?.host).toBe('*.example.com')
  })

  it('what the wildcard of somebody else answers for is theirs', () => {
    const wildcard = { ...routeTo('blog'), host: '*.example.com' }
    const proxy = { ...readyProxy, routes: [wildcard], backends: [backendOfJail('blog')], settings: { '*.example.com': { owner: 'bo' } } }
    expect(refusal(() => planOf(add, { site: 'x.example.com', jail: 'blog' }, { jails: [jail()], proxy }, { granted: [] })).code).toBe(
      'not_owner',
    )
    expect(planOf(add, { site: 'x.example.org', jail: 'blog' }, { jails: [jail()], proxy }, { granted: [] }).steps).not.toEqual([])
  })

  it('what is below a path of a host goes to another jail; the host keeps its settings', () => {
    const plan = taking('blog.example.com', {}, { path: '/app/', port: 3000 })
    expect(plan.sites?.[0]?.after).toEqual({
      host: 'blog.example.com',
      path: '/app',
      targets: [{ jail: 'blog', port: 3000, weight: 100 }],
      settings: {},
    })
    expect(plan.steps.map(({ action }) => action)).toContainEqual(
      expect.objectContaining({ kind: 'proxy-map', key: 'blog.example.com/app/', value: 'jail_blog_3000' }),
    )
  })

  it('an app on a port of its own is waited for before anybody is sent there', () => {
    expect(taking('api.example.com', {}, { port: 3000 }).steps[0]).toMatchObject({
      action: { kind: 'await' },
      done: { kind: 'http', address: '10.0.0.5', port: 3000, hostHeader: 'api.example.com' },
    })
  })

  it('settings that were left behind by a site of that name do not come to life', () => {
    const proxy = { ...observed.proxy, settings: { 'new.example.com': { owner: 'bo', redirect: 'https://evil.example', users: ['bo'] } } }
    const plan = planOf(add, { site: 'new.example.com', jail: 'blog' }, { ...observed, proxy }, { granted: [] })
    const gone = plan.steps.flatMap(({ action }) =>
      action.kind === 'proxy-map' && action.value === null ? [action.path.split('/').at(-1)] : [],
    )
    expect(gone.toSorted()).toEqual(['auth-on.map', 'redirect.map'])
  })
})

describe('proxy move', () => {
  const shop = jail({ name: 'shop', address: '10.0.0.6' })
  const proxy = {
    ...readyProxy,
    routes: [route],
    backends: [backendOfJail('blog'), backendOfJail('shop', { targets: [{ jail: 'shop', weight: 100, address: '10.0.0.6' }] })],
    settings: { 'blog.example.com': { limit: 5 } },
  }

  it('is one entry of the map, and keeps the settings', () => {
    const plan = planOf(move, { site: 'blog.example.com', to: 'shop' }, { jails: [jail(), shop], proxy })
    const entries = plan.steps.flatMap(({ action }) => (action.kind === 'proxy-map' ? [[action.key, action.value]] : []))
    expect(entries).toEqual([['blog.example.com', 'jail_shop']])
    expect(plan.sites?.[0]).toMatchObject({ after: { targets: [{ jail: 'shop' }], settings: { limit: 5 } } })
    expect(titles(plan).at(-2)).toContain("Take blog out of HAProxy's configuration")
  })

  it('leaves a backend that other sites need', () => {
    const two = { ...proxy, routes: [route, { ...route, host: 'www.example.com' }] }
    expect(titles(planOf(move, { site: 'blog.example.com', to: 'shop' }, { jails: [jail(), shop], proxy: two })).join()).not.toContain(
      'out of',
    )
  })

  it.each([
    ['to a jail that does not run', { jails: [jail(), jail({ name: 'shop', state: 'stopped' as const })] }, 'jail_stopped'],
    ['to no jail', { jails: [jail()] }, 'unknown_jail'],
  ])('%s is refused', (_, observed, code) => {
    expect(refusal(() => planOf(move, { site: 'blog.example.com', to: 'shop' }, { proxy, ...observed })).code).toBe(code)
  })
})

describe('proxy remove', () => {
  it('takes what is below its paths with it, and all settings after it', () => {
    const below = { ...route, path: '/app' }
    const proxy = {
      ...readyProxy,
      routes: [route, below],
      backends: [backendOfJail('blog')],
      settings: { [route.host]: { owner: 'ana', limit: 5 } },
    }
    const plan = planOf(remove, { site: route.host }, { jails: [jail()], proxy })
    expect(plan.steps.flatMap(({ action }) => ('key' in action ? [`${action.path.split('/').at(-1)} ${action.key}`] : []))).toEqual([
      `paths.map ${route.host}/app/`,
      `hosts.map ${route.host}`,
      `limit.map ${route.host}`,
      `owners ${route.host}`,
    ])
    expect(plan.remarks).toEqual([`With it go: ${route.host}/app.`])
    expect(plan.sites).toHaveLength(2)
  })

  it('keeps the backend as long as another site needs it', () => {
    const two = { ...readyProxy, routes: [route, { ...route, host: 'www.example.com' }], backends: [backendOfJail('blog')] }
    expect(titles(planOf(remove, { site: 'www.example.com' }, { proxy: two })).join()).not.toContain('configuration')
    const one = { ...two, routes: [route] }
    expect(titles(planOf(remove, { site: 'blog.example.com' }, { proxy: one })).join()).toContain(
      "Take blog out of HAProxy's configuration",
    )
  })

  it('suggests the site that was meant', () => {
    const proxy = { ...readyProxy, routes: [route] }
    expect(refusal(() => planOf(remove, { site: 'blgo.example.com' }, { proxy })).message).toContain('Did you mean blog.example.com?')
  })
})

describe('proxy list', () => {
  it('names a route that leads nowhere', () => {
    const answer = answerOf(list, {}, { proxy: { ...readyProxy, routes: [{ host: 'x.example.com', backend: 'jail_gone', targets: [] }] } })
    expect(answer.table?.rows).toEqual([['x.example.com', 'no jail (jail_gone)', '-', 'missing', '-', '-']])
  })
})
