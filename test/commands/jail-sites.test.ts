import { describe, expect, it } from 'vitest'
import destroy from '../../commands/jail/destroy.ts'
import rename from '../../commands/jail/rename.ts'
import restore from '../../commands/jail/restore.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Plan } from '../../src/core/plan.ts'
import { type Site, siteText } from '../../src/core/proxy.ts'
import { refusal } from '../core/refusal.ts'
import { backendOfJail, jail, planOf, readyProxy, route, routeTo, trashed } from './say.ts'

const host = route.host
const shop = jail({ name: 'shop', address: '10.0.0.6' })
const settings = { owner: 'ana', limit: 5, users: ['bo'] }
const blogSite: Site = { host, targets: route.targets, settings }
const shared = {
  host: 'both.example.com',
  backend: 'site_x',
  targets: [
    { jail: 'blog', weight: 90 },
    { jail: 'shop', weight: 10 },
  ],
  jail: 'blog',
}
const below = { ...routeTo('shop'), host, path: '/shop' }
const observed: Partial<ObservedFacts> = {
  jails: [jail(), shop],
  proxy: {
    ...readyProxy,
    routes: [route, below, shared],
    backends: [backendOfJail('blog'), backendOfJail('shop', { targets: [{ jail: 'shop', weight: 100, address: '10.0.0.6' }] })],
    settings: { [host]: settings },
  },
}

function manifestIn({ steps }: Plan): { sites: Site[] } {
  const note = steps.map(({ action }) => action).find((action) => action.kind === 'write' && action.path.endsWith('/manifest.json'))
  return JSON.parse(note?.kind === 'write' ? note.content : '{}')
}

describe('jail destroy', () => {
  const plan = planOf(destroy, { jail: 'blog' }, observed)

  it('takes its sites with their settings, and what is below their paths; where others answer too they go on alone', () => {
    expect(plan.sites?.map(({ before, after }) => [`${before?.host}${before?.path ?? ''}`, after?.targets])).toEqual([
      [host, undefined],
      [`${host}/shop`, undefined],
      ['both.example.com', [{ jail: 'shop', weight: 100 }]],
    ])
    expect(plan.remarks[0]).toBe(`These sites go away with it: ${host}, ${host}/shop.`)
    const gone = plan.steps.flatMap(({ action }) => (action.kind === 'proxy-map' && action.value === null ? [action.key] : []))
    expect(gone).toEqual([`${host}/shop/`, host, host, host])
  })

  it('of sites that are somebody else’s takes what /proxy remove takes, and names them', () => {
    const proxy = { ...readyProxy, routes: [route, shared], settings: { [shared.host]: { owner: 'eve' } } }
    const by = (person: string, granted: string[] = []) => planOf(destroy, { jail: 'blog' }, { ...observed, proxy }, { person, granted })

    expect(refusal(() => by('ana'))).toMatchObject({ code: 'not_owner', message: expect.stringContaining(`${shared.host} belongs to eve`) })
    expect(by('ana', ['proxy.others']).remarks).toContain(`Not yours: ${shared.host} belongs to eve.`)
    expect(by('eve').remarks.join()).not.toContain('Not yours')
  })

  it('notes all of it in the trash', () => {
    const { sites } = manifestIn(plan)
    expect(sites.map(siteText)).toEqual([host, `${host}/shop`, 'both.example.com'])
    expect(sites[0]).toEqual(blogSite)
    expect(sites[2]?.targets).toEqual(shared.targets)
  })
})

describe('jail restore', () => {
  const sharing: Site = { host: 'both.example.com', targets: shared.targets, settings: {} }
  const entry = trashed({ sites: [blogSite, sharing] })
  const after = (routes: NonNullable<ObservedFacts['proxy']>['routes']) => {
    const proxy = { ...readyProxy, routes, backends: observed.proxy?.backends ?? [] }
    return planOf(restore, { jail: 'blog' }, { jails: [shop], trash: [entry], proxy })
  }

  it('brings its sites back with their settings and shares; passwords are kept nowhere, so nobody comes in by one', () => {
    const plan = after([{ ...shared, targets: [{ jail: 'shop', weight: 100 }], jail: 'shop' }])
    expect(plan.sites).toEqual([
      { before: null, after: { ...blogSite, settings: { ...settings, users: [] } } },
      { before: { ...sharing, targets: [{ jail: 'shop', weight: 100 }] }, after: sharing },
    ])
  })

  it('leaves what somebody else has now', () => {
    const plan = after([{ ...routeTo('shop'), host }])
    expect(plan.sites?.map((change) => change.after?.host)).toEqual(['both.example.com'])
    expect(plan.remarks).toEqual([
      `These sites do not come back, since another jail or person has them now, or nobody has the host above them: ${host}.`,
    ])
  })

  it('brings no path back into a site that somebody else has claimed, or that nobody has', () => {
    const path: Site = { ...blogSite, path: '/app' }
    const restored = (proxy: Partial<NonNullable<ObservedFacts['proxy']>>) =>
      planOf(restore, { jail: 'blog' }, { jails: [shop], trash: [trashed({ sites: [path] })], proxy: { ...readyProxy, ...proxy } })
    const routes = [{ ...routeTo('shop'), host }]
    expect(restored({ routes, settings: { [host]: { owner: 'ana' } } }).sites).toHaveLength(1)
    expect(restored({ routes, settings: { [host]: { owner: 'eve' } } }).sites).toBeUndefined()
    expect(restored({}).sites).toBeUndefined()
  })
})

describe('jail rename', () => {
  it('keeps settings, shares and ports of its sites', () => {
    const plan = planOf(rename, { jail: 'blog', to: 'journal' }, observed)
    expect(plan.sites?.map((change) => [change.after?.host, change.after?.targets, change.after?.settings])).toEqual([
      [host, [{ jail: 'journal', weight: 100 }], settings],
      [
        'both.example.com',
        [
          { jail: 'journal', weight: 90 },
          { jail: 'shop', weight: 10 },
        ],
        {},
      ],
    ])
    const [from, waits] = [plan.steps.map(({ title }) => title), plan.steps.map(({ done }) => done?.kind)]
    expect(from.findIndex((title) => title.startsWith('Send blog no new requests'))).toBe(0)
    expect(waits).toContain('http')
    const touched = plan.steps.flatMap(({ action }) => (action.kind === 'proxy-map' ? [action.path.split('/').at(-1)] : []))
    expect(new Set(touched)).toEqual(new Set(['hosts.map']))
  })

  it('of sites that are somebody else’s takes what a change of those takes', () => {
    const proxy = { ...readyProxy, routes: [shared], settings: { [shared.host]: { owner: 'eve' } } }
    const by = (granted: string[]) => planOf(rename, { jail: 'blog', to: 'journal' }, { ...observed, proxy }, { granted })

    expect(refusal(() => by([])).code).toBe('not_owner')
    expect(by(['proxy.others']).remarks).toContain(`Not yours: ${shared.host} belongs to eve.`)
  })

  it.each([
    ['the jail is stopped', [jail({ state: 'stopped' }), shop], {}],
    ['the proxy is', [jail(), shop], { running: false }],
  ])('waits for no answer through the front where %s', (_, jails, more) => {
    const proxy = { ...readyProxy, routes: [route, shared], ...more }
    const { steps } = planOf(rename, { jail: 'blog', to: 'journal' }, { ...observed, jails, proxy })
    const asked = steps.flatMap(({ done }) => (done?.kind === 'http' && done.hostHeader !== undefined ? [done.hostHeader] : []))
    expect(asked.filter((one) => one.endsWith('.example.com'))).toEqual([])
    expect(steps.filter(({ action }) => action.kind === 'proxy-map')).toHaveLength(2)
  })

  it('of a stopped jail whose address nobody knows is refused where sites lead there', () => {
    const { address: _, ...rest } = jail({ state: 'stopped' })
    expect(refusal(() => planOf(rename, { jail: 'blog', to: 'journal' }, { ...observed, jails: [rest, shop] })).code).toBe('jail_stopped')
  })
})
