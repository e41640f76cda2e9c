import { expect, test } from 'vitest'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Backend, ReachableTarget } from '../../src/core/proxy.ts'
import { type Step, stepSchema } from '../../src/core/step.ts'
import { createHaproxyDriver } from '../../src/host/proxy/haproxy.ts'
import { backendOfJail, readyProxy, route, routeTo } from '../commands/say.ts'
import { testFacts } from './facts-helper.ts'

const blog: ReachableTarget = { jail: 'blog', address: '10.0.0.5', weight: 100 }
const shop: ReachableTarget = { jail: 'shop', address: '10.0.0.6', weight: 100 }
const slot = (number: number, more: Partial<Backend> = {}): Backend => ({
  name: `slot_${String(number).padStart(2, '0')}`,
  targets: [],
  isSpare: true,
  isStale: false,
  ...more,
})
const slots = (count: number) => Array.from({ length: count }, (_, index) => slot(index + 1))
const taken = (number: number, target: ReachableTarget) => slot(number, { targets: [{ ...target, server: 's' }], isSpare: false })

function driver(proxy: Partial<ObservedFacts['proxy']>, reserved: Partial<ObservedFacts> = {}) {
  return createHaproxyDriver(testFacts({ proxy: { ...readyProxy, ...proxy }, ...reserved }))
}
const kinds = (steps: readonly Step[]) => steps.map((step) => stepSchema.parse(step).action.kind)
const reloads = (steps: readonly Step[]) => steps.filter(({ action }) => action.kind === 'proxy-reload').map(({ title }) => title)
const site = (host = 'a.example.com') => [{ host }]

test('the first site of a jail takes the lowest spare backend, without a reload; the next one only needs a line', () => {
  const proxy = driver({ backends: slots(8) })
  const first = proxy.route(site(), [blog])
  expect(kinds(first)).toEqual(['require', 'haproxy-config', 'proxy-server', 'proxy-map', 'await'])
  expect(first[0]).toMatchObject({ done: { backend: 'slot_01', server: '192.0.2.1:9' } })
  expect(first[1]).toMatchObject({ action: { name: '20-slot_01.cfg', content: expect.stringContaining('10.0.0.5:80 weight 100') } })
  expect(first[1]).toMatchObject({ action: { content: expect.stringContaining('# jail blog\n') } })
  expect(first[2]).toMatchObject({ action: { server: 's', address: { address: '10.0.0.5', port: 80 }, state: 'ready' } })
  expect(first[3]).toMatchObject({ action: { key: 'a.example.com', value: 'slot_01' } })
  expect(kinds(proxy.route(site('b.example.com'), [blog]))).toEqual(['proxy-map', 'await'])
  expect(proxy.reserves()).toEqual(['slot:slot_01'])
  const later = driver({ backends: [taken(3, blog), ...slots(2)] }).route(site(), [blog])
  expect(later[0]).toMatchObject({ action: { kind: 'proxy-map', value: 'slot_03' } })
})

test('what another open request reserved is left to it, what this one chose before it chooses again', () => {
  const reserved = { reservedByOthers: ['slot:slot_01'], reservedHere: ['slot:slot_03'] }
  expect(driver({ backends: slots(8) }, { ...reserved, reservedHere: [] }).route(site(), [blog])[0]?.done).toMatchObject({
    backend: 'slot_02',
  })
  expect(driver({ backends: slots(8) }, reserved).route(site(), [blog])[0]?.done).toMatchObject({ backend: 'slot_03' })
})

test('two jails of one plan get two', () => {
  const proxy = driver({ backends: slots(8) })
  proxy.route(site(), [blog])
  expect(proxy.route(site('b.example.com'), [shop])[0]?.done).toMatchObject({ backend: 'slot_02' })
  expect(proxy.reserves()).toEqual(['slot:slot_01', 'slot:slot_02'])
})

test('when fewer than four are left more are declared, after the site is answered, with one reload that says why', () => {
  expect(reloads(driver({ backends: slots(5) }).route(site(), [blog]))).toEqual([])
  const steps = driver({ backends: slots(4) }).route(site(), [blog])
  expect(kinds(steps).slice(-3)).toEqual(['await', 'haproxy-config', 'proxy-reload'])
  expect(reloads(steps)).toEqual(['Reload HAProxy, for fewer than 4 spare backends are left: 13 more are declared'])
  expect(steps.at(-2)).toMatchObject({ action: { name: '20-slot_05.cfg', more: expect.objectContaining({ length: 12 }) } })
  expect(steps.at(-2)?.undo).toMatchObject([{ action: { kind: 'proxy-reload', by: 'our-files' } }])
})

test('where none is left the jail gets a file of its own, and one reload brings it and new spare ones', () => {
  const steps = driver({ backends: [taken(1, shop)] }).route(site(), [blog])
  expect(kinds(steps)).toEqual(['haproxy-config', 'proxy-reload', 'proxy-map', 'await'])
  expect(steps[0]).toMatchObject({ action: { name: '20-jail_blog.cfg', more: expect.objectContaining({ length: 16 }) } })
  expect(steps[0]).toMatchObject({ action: { more: expect.arrayContaining([expect.objectContaining({ name: '20-slot_02.cfg' })]) } })
  expect(steps[1]?.done).toMatchObject({ backend: 'jail_blog', server: '10.0.0.5:80' })
})

test('a host that is only now prepared takes one of those that are being declared', () => {
  const proxy = createHaproxyDriver(testFacts())
  proxy.prepare()
  expect(proxy.route(site(), [blog])[0]?.done).toMatchObject({ backend: 'slot_01' })
})

test('from 3.4 on a backend comes and goes while HAProxy runs', () => {
  const steps = driver({ version: '3.4.7-1', backends: slots(8) }).route(site(), [blog])
  expect(kinds(steps)).toEqual(['haproxy-config', 'proxy-backend', 'proxy-map', 'await'])
  expect(steps[1]).toMatchObject({
    action: { backend: 'jail_blog', servers: [{ server: 'blog', place: { address: '10.0.0.5', port: 80 } }] },
  })
  const gone = driver({ version: '3.10.1', backends: [backendOfJail('blog')] }).forget('blog')
  expect(kinds(gone)).toEqual(['await', 'haproxy-config', 'proxy-backend'])
  expect(gone.at(-1)).toMatchObject({ action: { backend: 'jail_blog', servers: [] } })
  expect(kinds(driver({ version: '3.3.9', backends: slots(8) }).route(site(), [blog]))).not.toContain('proxy-backend')
})

test('an app on a port of its own has a backend of its own', () => {
  const backends = [taken(1, blog), ...slots(8).slice(1)]
  const steps = driver({ backends }).route(site(), [{ ...blog, port: 3000 }])
  expect(steps[1]).toMatchObject({ action: { name: '20-slot_02.cfg', content: expect.stringContaining('10.0.0.5:3000') } })
  expect(steps[1]).toMatchObject({ action: { content: expect.stringContaining('# jail blog port 3000\n') } })
})

test('of a jail that goes the last requests end, then its file is spare, then nothing leads to it any more', () => {
  const proxy = driver({ backends: [taken(2, blog)], routes: [{ ...route, backend: 'slot_02' }] })
  const steps = [...proxy.unroute({ ...route, backend: 'slot_02' }), ...proxy.forget('blog')]
  expect(kinds(steps)).toEqual(['proxy-map', 'await', 'haproxy-config', 'proxy-server'])
  expect(steps[1]).toMatchObject({ action: { goesOn: true }, done: { kind: 'proxy-sessions', backend: 'slot_02', server: 's', atMost: 0 } })
  expect(steps[2]).toMatchObject({ action: { content: expect.stringMatching(/192\.0\.2\.1:9 .* disabled\n/) } })
  expect(steps[3]).toMatchObject({ action: { address: { address: '192.0.2.1', port: 9 }, state: 'maint', shut: true } })
})

test('a backend that leads where its jail is no more is set right before a line leads to it', () => {
  const backends = [taken(1, { ...blog, address: '10.0.0.9' })]
  const steps = driver({ backends }).route(site(), [blog])
  expect(kinds(steps)).toEqual(['haproxy-config', 'proxy-server', 'proxy-map', 'await'])
  expect(steps[1]).toMatchObject({ action: { backend: 'slot_01', address: { address: '10.0.0.5' }, shut: true } })
})

test('a site that is closed for work is proved by its page that says so; one whose jails have no weight by nothing', () => {
  const closed = driver({ backends: [taken(1, blog)], settings: { 'a.example.com': { maintenance: true } } })
  expect(closed.route(site(), [blog]).at(-1)?.done).toMatchObject({ statusTo: 503, notStatus: [421] })
  const drained = driver({ backends: [taken(1, { ...blog, weight: 0 })] })
  expect(kinds(drained.route(site(), [{ ...blog, weight: 0 }]))).toEqual(['proxy-map'])
})

test('a jail that moves away takes the backend of its former site along only when nobody else needs it', () => {
  const group = { name: 'site_0123456789ab', targets: [blog, shop], isSpare: false, isStale: false }
  const routes = [{ ...routeTo('blog'), backend: group.name, targets: [blog, shop] }]
  const alone = driver({ backends: [group, ...slots(8)], routes })
  expect(kinds(alone.route([{ host: 'blog.example.com' }], [blog])).slice(5)).toEqual([
    'await',
    'haproxy-config',
    'proxy-server',
    'proxy-server',
  ])
  const shared = driver({ backends: [group, ...slots(8)], routes: [...routes, { ...routeTo('shop'), backend: group.name, targets: [] }] })
  expect(kinds(shared.route([{ host: 'blog.example.com' }], [blog])).slice(5)).toEqual([])
})

test('what is declared, and what is given back, is nobody else’s before that is over', () => {
  const more = driver({ backends: slots(4) })
  more.route(site(), [blog])
  const words = more.reserves()
  expect(words).toHaveLength(1 + 13)
  const other = driver({ backends: slots(4) }, { reservedByOthers: words })
  other.route(site('b.example.com'), [shop])
  expect(other.reserves().filter((word) => words.includes(word))).toEqual([])
  const gone = driver({ backends: [taken(2, blog), ...slots(1)], routes: [{ ...route, backend: 'slot_02' }] })
  gone.forget('blog')
  expect(gone.reserves()).toEqual(['slot:slot_02'])
})
