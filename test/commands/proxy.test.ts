import { describe, expect, it } from 'vitest'
import add from '../../commands/proxy/add.ts'
import list from '../../commands/proxy/list.ts'
import remove from '../../commands/proxy/remove.ts'
import status from '../../commands/proxy/status.ts'
import type { BackendStatus, ProxyStatus } from '../../src/core/host.ts'
import { refusal } from '../core/refusal.ts'
import { answerOf, backendOfJail, jail, planOf, readyProxy, route, routeTo, titles } from './say.ts'

const backend = (name: string, state: string, rate: number): BackendStatus => ({
  name: `jail_${name}`,
  status: state,
  sessions: 0,
  rate,
  requests: 0,
  errors4xx: 0,
  errors5xx: 0,
  check: 'L7OK/200 in 1 ms',
  since: 1,
})

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

describe('proxy remove', () => {
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

describe('proxy list and status', () => {
  it('names a route that leads nowhere', () => {
    const answer = answerOf(list, {}, { proxy: { ...readyProxy, routes: [{ host: 'x.example.com', backend: 'jail_gone', targets: [] }] } })
    expect(answer.table?.rows).toEqual([['x.example.com', 'no jail (jail_gone)', '-', 'missing']])
  })

  it('puts problems first, then the busiest', () => {
    const proxyStatus: ProxyStatus = {
      version: '2.6.12',
      uptimeSeconds: 60,
      connections: 1,
      maxConnections: 2000,
      requestsPerSecond: 3,
      backends: [backend('calm', 'UP', 1), backend('busy', 'UP', 9), backend('ill', 'DOWN', 0)],
    }
    const answer = answerOf(status, {}, { proxyStatus, siteStatus: [{ jail: 'busy', problem: 'nobody answers' }] })
    expect(answer.title).toBe('HAProxy 2.6.12: 2 of 3 backends up')
    expect(answer.table?.rows.map(([name, , , , , , , , nginx]) => [name, nginx])).toEqual([
      ['ill', 'not asked: the jail is not running'],
      ['busy', 'nobody answers'],
      ['calm', 'not asked: the jail is not running'],
    ])
  })

  it('says so when HAProxy does not answer', () => {
    expect(answerOf(status, {}).title).toBe('HAProxy is not running')
  })
})
