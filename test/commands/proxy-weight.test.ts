import { describe, expect, it } from 'vitest'
import add from '../../commands/proxy/add.ts'
import drain from '../../commands/proxy/drain.ts'
import enable from '../../commands/proxy/enable.ts'
import show from '../../commands/proxy/show.ts'
import undo from '../../commands/proxy/undo.ts'
import weight from '../../commands/proxy/weight.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Target } from '../../src/core/proxy.ts'
import { refusal } from '../core/refusal.ts'
import { answerOf, backendOfJail, jail, planOf, readyProxy, route, titles } from './say.ts'

const site = route.host
const shop = jail({ name: 'shop', address: '10.0.0.6' })
const addresses: Record<string, string> = { blog: '10.0.0.5', shop: '10.0.0.6' }

/** The site by a backend of its own where it has several jails. */
function having(targets: Target[], more: string[] = []): Partial<ObservedFacts> {
  const backend = targets.length === 1 ? 'jail_blog' : 'site_aaaaaaaaaaaa'
  const reached = targets.map((target) => ({ ...target, address: addresses[target.jail] ?? '' }))
  const routes = [site, ...more].map((host) => ({ host, backend, targets, jail: 'blog' }))
  return { jails: [jail(), shop], proxy: { ...readyProxy, routes, backends: [backendOfJail('blog', { name: backend, targets: reached })] } }
}
const blog = (of: number): Target => ({ jail: 'blog', weight: of })
const beside = (of: number): Target => ({ jail: 'shop', weight: of })

describe('proxy weight', () => {
  it.each<[string, Target[], Record<string, unknown>, Target[]]>([
    ['a jail comes beside, with a share', [blog(100)], { share: '10%' }, [blog(90), beside(10)]],
    ['a jail comes beside, with as much as the other', [blog(100)], {}, [blog(50), beside(50)]],
    ['another share', [blog(90), beside(10)], { share: '30' }, [blog(70), beside(30)]],
    ['drained', [blog(90), beside(10)], { share: '0%' }, [blog(100), beside(0)]],
    ['brought back', [blog(100), beside(0)], { share: '20%' }, [blog(80), beside(20)]],
    ['taken out', [blog(90), beside(10)], { share: 'off' }, [blog(100)]],
  ])('%s', (_, before, args, after) => {
    const { sites, steps } = planOf(weight, { site, jail: 'shop', ...args }, having(before))
    expect(sites?.[0]?.after?.targets).toEqual(after)
    expect(steps.length).toBeGreaterThan(0)
  })

  it('where the same jails stay, nothing is reloaded', () => {
    expect(titles(planOf(weight, { site, jail: 'shop', share: '30%' }, having([blog(90), beside(10)]))).join()).not.toContain('eload')
  })

  it.each<[string, Target[], Record<string, unknown>, string]>([
    ['nobody is left', [blog(100)], { jail: 'blog', share: '0' }, 'bad_argument'],
    ['the last is taken out', [blog(100)], { jail: 'blog', share: 'off' }, 'bad_argument'],
    ['who is not there is taken out', [blog(100)], { jail: 'shop', share: 'off' }, 'nothing_to_do'],
    ['a share of more than all', [blog(100)], { jail: 'shop', share: '101%' }, 'bad_argument'],
    ['no jail', [blog(100)], { jail: 'gone', share: '1%' }, 'unknown_jail'],
  ])('is refused where %s', (_, before, args, code) => {
    expect(refusal(() => planOf(weight, { site, ...args }, having(before))).code).toBe(code)
  })
})

describe('proxy drain', () => {
  it('of all sites that a jail answers for: the files say so too, once for their backend', () => {
    const plan = planOf(drain, { jail: 'blog', seconds: 5 }, having([blog(100)], ['www.example.com']))
    expect(plan.steps.filter(({ action }) => action.kind === 'haproxy-config')).toHaveLength(1)
    expect(plan.steps.map(({ action }) => action.kind)).toEqual(['haproxy-config', 'proxy-server', 'await'])
    expect(plan.sites?.map((change) => change.after?.targets)).toEqual([[blog(0)], [blog(0)]])
    expect(plan.remarks[0]).toContain(`Nobody else answers for ${site}, www.example.com`)
  })

  it('for one site is refused where others have the same backend, and where the jail does not answer', () => {
    const both = having([blog(100)], ['www.example.com'])
    expect(refusal(() => planOf(drain, { jail: 'blog', site }, both)).code).toBe('not_supported_by_driver')
    expect(refusal(() => planOf(drain, { jail: 'shop', site }, both)).code).toBe('unknown_route')
    expect(refusal(() => planOf(drain, { jail: 'shop' }, both)).code).toBe('unknown_route')
  })

  it('of a path is ended by its name, too', () => {
    const path = '/app'
    const { proxy = readyProxy, ...host } = having([blog(0)])
    const open = { host: site, backend: 'jail_shop', targets: [beside(100)], jail: 'shop' }
    const below = { ...open, path, backend: 'jail_blog', targets: [blog(0)] }
    const plan = planOf(enable, { site: `${site}${path}` }, { ...host, proxy: { ...proxy, routes: [open, below] } })
    expect(plan.sites?.map(({ after }) => [after?.path, after?.targets])).toEqual([[path, [blog(100)]]])
  })

  it('and its end hold for all sites of one backend: the card and the history say so, and nobody closes what is of others', () => {
    const both = having([blog(0)], ['www.example.com'])
    const plan = planOf(enable, { site }, both)
    expect(plan.sites?.map(({ after }) => [after?.host, after?.targets])).toEqual([
      [site, [blog(100)]],
      ['www.example.com', [blog(100)]],
    ])
    expect(plan.remarks.join()).toContain('www.example.com')
    expect(titles(plan).filter((title) => title.startsWith('Give blog the weight'))).toHaveLength(1)
    const open = having([blog(100)], ['www.example.com'])
    const opened = { host: site, targets: [blog(100)], settings: {} }
    const siteChanges = [{ before: { ...opened, targets: [blog(0)] }, after: opened, request: 'rabcdefghjkmnpqr', person: 'ana', at: 1 }]
    const proxy = { ...(open.proxy ?? readyProxy), settings: { 'www.example.com': { owner: 'bo' } } }
    expect(refusal(() => planOf(undo, { site }, { ...open, proxy, siteChanges }, { granted: [] })).code).toBe('not_owner')
  })

  it('is not ended by leading one more site to the jail', () => {
    const more = { site: 'new.example.com', jail: 'blog' }
    expect(refusal(() => planOf(add, more, having([blog(0)]))).message).toContain(`/proxy enable ${site}`)
    expect(planOf(add, more, having([blog(100)])).steps.length).toBeGreaterThan(0)
  })

  it('is ended by enable, where nobody else answers', () => {
    const plan = planOf(enable, { site }, having([blog(0)]))
    expect(plan.sites?.[0]?.after?.targets).toEqual([blog(100)])
    expect(plan.steps.map(({ action }) => action)).toMatchObject([{ kind: 'haproxy-config' }, { kind: 'proxy-server', weight: 100 }])
    expect(planOf(enable, { site }, having([blog(100), beside(0)]))).toMatchObject({
      steps: [],
      remarks: [expect.stringContaining('Drained behind it: shop')],
    })
  })

  it('of a request that did not take it back is seen, does not change the weight, and is ended by enable', () => {
    const host = having([blog(90), beside(10)])
    const backends = (host.proxy?.backends ?? []).map((one) => ({
      ...one,
      targets: one.targets.map((target) => (target.jail === 'shop' ? { ...target, isDrained: true as const } : target)),
    }))
    const stuck = { ...host, proxy: { ...(host.proxy ?? readyProxy), backends } }

    expect(planOf(enable, { site }, stuck).steps).toMatchObject([{ action: { kind: 'proxy-drain', server: 'shop', on: false } }, {}])
    expect(planOf(weight, { site, jail: 'shop', share: '10%' }, stuck).steps).toEqual([])
    expect(answerOf(show, { site }, stuck).text).toContain(`/proxy enable ${site}`)
    expect(answerOf(show, { site }, host).text).toBeUndefined()
    expect(answerOf(show, { site }, stuck).table?.rows.map(([jailShown, share]) => [jailShown, share])).toEqual([
      ['blog', '90'],
      ['shop', '10; drained while a request works on it'],
    ])
  })
})
