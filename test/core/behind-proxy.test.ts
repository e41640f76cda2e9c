import { describe, expect, it } from 'vitest'
import restart from '../../commands/jail/restart.ts'
import start from '../../commands/jail/start.ts'
import stop from '../../commands/jail/stop.ts'
import destroy from '../../commands/jail/destroy.ts'
import migrate from '../../commands/jail/migrate.ts'
import update from '../../commands/jail/update.ts'
import upgrade from '../../commands/jail/upgrade.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import { refusal } from './refusal.ts'
import { backendSeen, proxySeen } from '../commands/figures.ts'
import { backendOfJail, jail, planOf, readyProxy, routeTo, titles } from '../commands/say.ts'

const blog2 = jail({ name: 'blog2', kernelName: 'blog2', address: '10.0.0.6' })
const shared = {
  host: 'www.example.com',
  backend: 'site_1',
  targets: [
    { jail: 'blog', weight: 50 },
    { jail: 'blog2', weight: 50 },
  ],
  jail: 'blog',
}
const status = proxySeen([
  backendSeen('blog', { sessions: 3, rate: 12 }),
  backendSeen('x', { name: 'site_1', sessions: 2, rate: 5 }),
  backendSeen('other', { sessions: 100, rate: 100 }),
])
const looked = { packagedBase: { exitCode: 1, stdout: '', stderr: '' }, userland: { exitCode: 0, stdout: '15.1-RELEASE\n', stderr: '' } }
const theirs = { manager: 'bastille' as const, root: '/usr/local/bastille/jails/blog/root' }
const observed: Partial<ObservedFacts> = {
  jails: [jail(), blog2],
  proxy: {
    ...readyProxy,
    routes: [routeTo('blog'), shared],
    backends: [backendOfJail('blog'), { ...backendOfJail('blog'), name: 'site_1' }],
  },
  proxyStatus: status,
}

describe('a jail with sites', () => {
  it('is drained before it stops, and gets requests again when it answers', () => {
    const plan = planOf(restart, { jail: 'blog' }, observed)
    const kinds = plan.steps.map(({ action }) => action.kind)
    expect(kinds.indexOf('proxy-drain')).toBeGreaterThanOrEqual(0)
    expect(kinds.indexOf('proxy-drain')).toBeLessThan(titles(plan).indexOf('Stop blog'))
    expect(titles(plan).indexOf('Start blog')).toBeLessThan(kinds.lastIndexOf('proxy-drain'))
  })

  it('is left to HAProxy’s own check when it stands still: whoever starts it, it gets requests again', () => {
    const plan = planOf(stop, { jail: 'blog' }, observed)
    const states = plan.steps.map(({ action }) => (action.kind === 'proxy-drain' ? action.on : action.kind === 'run' ? 'run' : ''))
    expect(states.indexOf(true)).toBeLessThan(states.indexOf('run'))
    expect(states.lastIndexOf('run')).toBeLessThan(states.lastIndexOf(false))
  })

  it('is let in again where nginx stands in front, too: nobody would do it at the next start', () => {
    const layout = layoutSchema.parse({ proxy: 'nginx' })
    const plan = planOf(stop, { jail: 'blog' }, { ...observed, proxy: { ...readyProxy, ...observed.proxy, kind: 'nginx' } }, {}, layout)
    const texts = plan.steps.flatMap(({ action }) =>
      action.kind === 'nginx-config' && action.change.what === 'file' ? [action.change.content ?? ''] : [],
    )
    expect(texts.some((text) => text.includes(' drained'))).toBe(true)
    expect(texts.at(-1)).not.toContain(' drained')
    expect(plan.steps.at(-1)).toMatchObject({ action: { argv: ['service', 'nginx', 'reload'] } })
  })

  it.each([
    [restart, { jail: 'blog' }],
    [stop, { jail: 'blog' }],
    [update, { jail: 'blog' }],
    [upgrade, { jail: 'blog', release: '15.2-RELEASE' }],
    [migrate, { jail: 'blog' }],
  ])('keeps its siblings from their common site meanwhile, and nobody from the proxy: /$path', (command, args) => {
    const seen = { ...observed, jails: [jail(command === migrate ? theirs : {}), blog2], looked }
    const { resources } = planOf(command, args, seen)
    expect(resources).toEqual(expect.arrayContaining(['jail:blog', 'site:www.example.com']))
    expect(resources.filter((one) => /proxy|site:blog/.test(one))).toEqual([])
    expect(planOf(command, args, { ...seen, proxy: readyProxy }).resources.join()).not.toContain('site:')
  })

  it('is drained apart from its sibling: behind one site there is one file', () => {
    const ofBlog = new Set(planOf(restart, { jail: 'blog' }, observed).resources)
    expect(planOf(restart, { jail: 'blog2' }, observed).resources.filter((one) => ofBlog.has(one))).toEqual(['site:www.example.com'])
  })

  it('is not waited for where it stood still, and goes on doing so', () => {
    const seen = { ...observed, jails: [jail({ state: 'stopped', ...theirs }), blog2] }
    expect(planOf(migrate, { jail: 'blog' }, seen).steps.map(({ action }) => action.kind)).not.toContain('await')
    expect(planOf(restart, { jail: 'blog' }, seen).steps.map(({ action }) => action.kind)).toContain('await')
  })

  it('shows who will notice, and who answers meanwhile', () => {
    const { remarks } = planOf(restart, { jail: 'blog' }, observed)
    expect(remarks).toContain('Behind it now: 2 sites, 5 sessions, 17 requests a second.')
    expect(remarks).toContain('www.example.com is answered by blog2 meanwhile.')
    expect(remarks).toContain('Meanwhile these sites answer 503: blog.example.com.')
  })

  it('does not promise an answer of a proxy that does not run', () => {
    const { remarks } = planOf(restart, { jail: 'blog' }, { ...observed, proxy: { ...readyProxy, ...observed.proxy, running: false } })
    expect(remarks).toContain('The proxy does not run, so nobody answers for these sites now: blog.example.com, www.example.com.')
    expect(remarks.join(' ')).not.toContain('503')
  })

  it('counts a sibling that is drained or stands still as none', () => {
    const idle = { ...shared, targets: shared.targets.map((one) => (one.jail === 'blog2' ? { ...one, weight: 0 } : one)) }
    const proxy = { ...readyProxy, routes: [idle] }
    expect(planOf(stop, { jail: 'blog' }, { ...observed, proxy }).remarks.join()).toContain('answer 503: www.example.com')
    const stopped = { ...observed, jails: [jail(), { ...blog2, state: 'stopped' as const }] }
    expect(planOf(stop, { jail: 'blog' }, stopped).remarks.join()).toContain('answer 503: blog.example.com, www.example.com')
  })

  it('loses its sites before it is drained and destroyed', () => {
    const plan = planOf(
      destroy,
      { jail: 'blog' },
      { ...observed, jails: [jail()], proxy: { ...readyProxy, routes: [routeTo('blog')], backends: [backendOfJail('blog')] } },
    )
    const kinds = plan.steps.map(({ action }) => action.kind)
    expect(kinds.indexOf('proxy-map')).toBeLessThan(kinds.indexOf('proxy-drain'))
    expect(kinds.indexOf('proxy-drain')).toBeLessThan(titles(plan).indexOf('Stop blog'))
  })
})

describe('a jail without sites, or without a proxy that runs', () => {
  it('is not drained, and nobody is said to notice', () => {
    const plan = planOf(restart, { jail: 'blog' }, { ...observed, proxy: readyProxy })
    expect(plan.steps.map(({ action }) => action.kind)).not.toContain('proxy-drain')
    expect(plan.remarks).toEqual([])
    const down = planOf(restart, { jail: 'blog' }, { ...observed, proxy: { ...readyProxy, running: false, routes: [routeTo('blog')] } })
    expect(down.steps.map(({ action }) => action.kind)).not.toContain('proxy-drain')
  })
})

/** What a plan holds, and the files of backends that it writes. */
function written(command: Parameters<typeof planOf>[0], seen: Partial<ObservedFacts>) {
  const { steps, resources } = planOf(command, { jail: 'blog' }, { ...seen, looked })
  return { resources, files: steps.flatMap(({ action }) => (action.kind === 'haproxy-config' ? [action.content] : [])) }
}

describe('a jail that somebody gave another address', () => {
  const stale = { ...observed, proxy: { ...readyProxy, routes: [routeTo('blog')], backends: [backendOfJail('blog', { isStale: true })] } }
  it('is not stopped by a file that says another one than it has: that is refused at once, with what to do', () => {
    const moved = { ...observed, jails: [jail({ nextAddress: '10.0.0.77' }), blog2] }
    for (const command of [restart, stop, destroy]) {
      expect(refusal(() => planOf(command, { jail: 'blog' }, moved))).toMatchObject({
        code: 'host_not_ready',
        message: expect.stringMatching(/runs at 10\.0\.0\.5, and .* says 10\.0\.0\.77 .* \/jail start blog/),
      })
    }
    expect(written(update, moved).files).toEqual([])
  })

  it.each([
    ['restarted', restart, jail({ address: '10.0.0.9' })],
    ['started', start, jail({ address: '10.0.0.9', state: 'stopped' })],
  ])('is led to where it is when it is %s, where its sites led elsewhere', (_, command, seen) => {
    const { files, resources } = written(command, { ...stale, jails: [seen] })
    expect([files.length, files[0]?.includes('10.0.0.9'), resources.includes('site:blog.example.com')]).toEqual([1, true, true])
  })

  it('is left alone where it is where its sites lead', () => {
    expect(written(restart, observed).files).toEqual([])
  })
})
