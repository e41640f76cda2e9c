import { expect, test } from 'vitest'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Backend, Route } from '../../src/core/proxy.ts'
import { type Step, stepSchema } from '../../src/core/step.ts'
import { createHaproxyDriver } from '../../src/host/proxy/haproxy.ts'
import { backendOfJail, jail, readyProxy, route } from '../commands/say.ts'
import { refusal } from '../core/refusal.ts'
import { testFacts } from './facts-helper.ts'

const jails = [jail(), jail({ name: 'blog2', address: '10.0.0.6' })]
const group: Backend = {
  name: 'site_0123456789ab',
  targets: [
    { jail: 'blog', weight: 90, address: '10.0.0.5', server: 'blog' },
    { jail: 'blog2', weight: 10, address: '10.0.0.6', server: 'blog2' },
  ],
  isSpare: false,
  isStale: false,
}
const ofGroup: Route = { ...route, backend: group.name, targets: group.targets }

function driver(proxy: Partial<ObservedFacts['proxy']> = {}) {
  return createHaproxyDriver(testFacts({ jails, proxy: { ...readyProxy, backends: [backendOfJail('blog'), group], ...proxy } }))
}
const alive = (target: Partial<Backend['targets'][number]>, more = {}) => {
  const targets = [{ jail: 'blog', weight: 100, address: '10.0.0.5', server: 'blog', ...target }]
  return driver({ backends: [{ ...group, name: 'jail_blog', targets }], ...more }).alive('blog')
}
const kinds = (steps: readonly Step[]) => steps.map((step) => stepSchema.parse(step).action.kind)

test('a jail is drained wherever it stands, its siblings are not, and one wait is for all', () => {
  const steps = driver().drain('blog', 30)
  expect(kinds(steps)).toEqual(['proxy-drain', 'proxy-drain', 'await'])
  expect(steps.slice(0, 2)).toMatchObject([
    { action: { backend: 'jail_blog', server: 'blog', on: true } },
    { action: { backend: group.name, server: 'blog', on: true } },
  ])
  expect(steps[2]).toMatchObject({
    action: { timeoutSeconds: 30, goesOn: true },
    done: { backend: 'jail_blog', server: 'blog', also: [{ backend: group.name, server: 'blog' }] },
  })
  expect(driver({ running: false }).drain('blog', 30)).toEqual([])
  expect(driver().drain('other', 30)).toEqual([])
})

test('it gets requests again, and the plan goes on when HAProxy has found it alive', () => {
  const steps = driver().ready('blog2')
  expect(steps).toMatchObject([
    { action: { backend: group.name, server: 'blog2', on: false } },
    { action: { kind: 'await' }, done: { kind: 'haproxy-server-up', backend: group.name, server: 'blog2' } },
  ])
})

test('a jail that starts is waited for until HAProxy has found it alive, an app no longer than is said, and what is drained not at all', () => {
  expect(alive({})).toMatchObject([
    { action: { kind: 'await' }, done: { kind: 'haproxy-server-up', backend: 'jail_blog', server: 'blog' } },
  ])
  expect(alive({})[0]?.action).not.toHaveProperty('goesOn')
  expect(alive({ port: 3000 })).toMatchObject([{ title: expect.stringContaining('at most 30 s'), action: { goesOn: true } }])
  expect([alive({ isDrained: true }), alive({ weight: 0 }), alive({}, { running: false })]).toEqual([[], [], []])
})

test('weights of the same jails change in the file and in the running HAProxy, without a reload', () => {
  const steps = driver({ routes: [ofGroup] }).weigh(ofGroup, [
    { jail: 'blog', weight: 50 },
    { jail: 'blog2', weight: 10 },
  ])
  expect(kinds(steps)).toEqual(['haproxy-config', 'proxy-server'])
  expect(steps[0]).toMatchObject({ action: { name: `20-${group.name}.cfg`, content: expect.stringContaining('10.0.0.5:80 weight 50') } })
  expect(steps[1]).toMatchObject({ action: { backend: group.name, server: 'blog', weight: 50 } })
})

test('other jails behind a site are a backend of its own, by one reload that says why', () => {
  const steps = driver({ backends: [backendOfJail('blog')], routes: [route] }).weigh(route, [
    { jail: 'blog', weight: 90 },
    { jail: 'blog2', weight: 10 },
  ])
  expect(kinds(steps)).toEqual(['haproxy-config', 'proxy-reload', 'proxy-map', 'await'])
  expect(steps[0]).toMatchObject({ action: { content: expect.stringMatching(/server blog .* weight 90 [^]*server blog2 .* weight 10 /) } })
  expect(steps[1]?.title).toBe('Reload HAProxy, for several jails (blog, blog2) stand behind one site from now on')
  const dynamic = driver({ version: '3.4.0', backends: [backendOfJail('blog')], routes: [route] }).weigh(route, [
    { jail: 'blog', weight: 90 },
    { jail: 'blog2', weight: 10 },
  ])
  expect(kinds(dynamic)).toEqual(['haproxy-config', 'proxy-backend', 'proxy-map', 'await'])
})

test('a jail that is drained for longer has no weight, also after a restart', () => {
  const steps = driver({ routes: [route] }).weigh(route, [{ jail: 'blog', weight: 0 }])
  expect(steps).toMatchObject([
    { action: { name: '20-jail_blog.cfg', content: expect.stringContaining(' weight 0 ') } },
    { action: { backend: 'jail_blog', server: 'blog', weight: 0 } },
  ])
})

test('a jail without an address is refused', () => {
  const weights = [
    { jail: 'blog', weight: 90 },
    { jail: 'gone', weight: 10 },
  ]
  expect(refusal(() => driver({ routes: [route] }).weigh(route, weights)).code).toBe('jail_stopped')
})

test('where a person drained it before, a request waits for its sessions only, and leaves it so', () => {
  const drained = { ...group, targets: group.targets.map((one) => (one.jail === 'blog' ? { ...one, weight: 0 } : one)) }
  const proxy = driver({ backends: [drained] })
  expect(kinds(proxy.drain('blog', 30))).toEqual(['await'])
  expect(proxy.ready('blog')).toEqual([])
})

test('what the plan itself weighs counts: drained by its weight nothing more is written, brought back it is called up', () => {
  const away = driver({ routes: [ofGroup] })
  away.weigh(ofGroup, [
    { jail: 'blog', weight: 0 },
    { jail: 'blog2', weight: 10 },
  ])
  expect(away.drain('blog2', 5).map(({ action }) => action)).toMatchObject([{ kind: 'proxy-drain', server: 'blog2' }, { kind: 'await' }])
  expect(kinds(away.drain('blog', 5))).toEqual(['proxy-drain', 'await'])
  expect(away.drain('blog', 5)[0]).toMatchObject({ action: { backend: 'jail_blog' } })
  const drained = { ...group, targets: group.targets.map((one) => ({ ...one, weight: 0 })) }
  const back = driver({ backends: [drained], routes: [ofGroup] })
  back.weigh(ofGroup, [
    { jail: 'blog', weight: 100 },
    { jail: 'blog2', weight: 0 },
  ])
  expect(kinds(back.ready('blog'))).toEqual(['proxy-drain', 'await'])
  expect(back.ready('blog2')).toEqual([])
})
