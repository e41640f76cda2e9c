import { describe, expect, test } from 'vitest'
import { layoutSchema } from '../../src/core/layout.ts'
import { noProxy, type ProxyFacts, type ReachableTarget } from '../../src/core/proxy.ts'
import { type Step, stepSchema } from '../../src/core/step.ts'
import { groupName } from '../../src/host/proxy/backend-file.ts'
import { hasBlock, withBlock } from '../../src/host/proxy/nginx/block.ts'
import { createNginxFrontDriver } from '../../src/host/proxy/nginx/nginx.ts'
import { upstreamIn, upstreamText, type UpstreamServer } from '../../src/host/proxy/nginx/upstream.ts'
import { backendOfJail, readyProxy, route } from '../commands/say.ts'
import { testFacts } from './facts-helper.ts'

const folder = '/usr/local/etc/nginx/jailops'
const layout = layoutSchema.parse({ proxy: 'nginx' })

function driver(proxy: Partial<ProxyFacts> = {}) {
  return createNginxFrontDriver(testFacts({ proxy: { ...readyProxy, kind: 'nginx', ...proxy } }, layout))
}

describe('our block in their nginx.conf', () => {
  test.each([
    ['plain', 'events {}\nhttp {\n  sendfile on;\n}\n'],
    ['with CRLF', 'events {}\r\nhttp {\r\n  sendfile on;\r\n}\r\n'],
    ['on one line, without an end', 'events {} http { sendfile on; }'],
    ['behind a comment and a string that look like it', '# http {\nlog_format a "http {";\nhttp\n{\n  # }\n  sendfile on;\n}'],
  ])('%s: it stands within http, and every other byte stays', (_, text) => {
    const changed = withBlock(text, folder)
    expect(hasBlock(text, folder)).toBe(false)
    expect(hasBlock(changed, folder)).toBe(true)
    expect(withBlock(changed, folder)).toBe(changed)
    const [before = '', behind = ''] = changed.split(/[ ]+# >>> jailops[^]*# <<< jailops\r?\n/)
    expect(before).toMatch(/http\s*\{\s*$/)
    expect((before + behind).replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
    expect(changed.includes('\r\n  include')).toBe(text.includes('\r\n'))
  })

  test('one that was changed by hand is not touched', () => {
    const text = withBlock('http {\n}\n', folder)
    for (const changed of [text.replace('/*.conf', '/only.conf'), text.replace('# <<< jailops', ''), `${text}${text}`]) {
      expect(() => withBlock(changed, folder)).toThrow(expect.objectContaining({ code: 'not_ours' }))
    }
  })

  test('a file without http is refused', () => {
    expect(() => withBlock('stream { http { } }\n', folder)).toThrow(expect.objectContaining({ code: 'host_not_ready' }))
  })
})

test('an upstream says what it is read back as', () => {
  const place = { address: '10.0.0.5', port: 80 }
  const servers: UpstreamServer[] = [
    { jail: 'blog', place, weight: 100, isDrained: false },
    { jail: 'shop', place, weight: 0, isDrained: false, appPort: 3000 },
    { jail: 'wiki', place, weight: 7, isDrained: true },
  ]
  const text = upstreamText('jail_blog', servers)
  expect(upstreamIn(text)).toEqual(servers)
  expect(text.match(/ down;/g)).toHaveLength(2)
  expect(upstreamIn(text.replace('# jailops', '# somebody'))).toBeUndefined()
})

test.each(['a;b', 'a b', 'a}', 'a\nb', '$host'])('%j never reaches the configuration', (jail) => {
  const server = { jail, place: { address: '10.0.0.5', port: 80 }, weight: 1, isDrained: false }
  expect(() => upstreamText('jail_blog', [server])).toThrow(expect.objectContaining({ code: 'bad_argument' }))
})

function refusal(message: RegExp): object {
  return expect.objectContaining({ code: 'not_supported_by_driver', message: expect.stringMatching(message) })
}

describe('the plan', () => {
  const target = { jail: 'blog', address: '10.0.0.5', weight: 100 }

  test('all changes of it are one reload, whose reason it says, and one on the way back, when all files are as before', () => {
    const steps = driver().route([{ host: 'a.example.com' }, { host: 'b.example.com' }], [target])
    expect(steps.map((step) => stepSchema.parse(step).action.kind)).toEqual([
      'nginx-config',
      'nginx-config',
      'nginx-config',
      'run',
      'await',
      'await',
    ])
    expect(steps.map(({ undo = [] }) => undo.length)).toEqual([1, 0, 0, 0, 0, 0])
    expect(steps[3]?.title).toBe('Reload nginx: it knows no other way to learn of a site; open requests go on')
  })

  test('where nginx is down only files are changed; in a plan that starts it, it reads them anew', () => {
    const down = { running: false, routes: [route], backends: [backendOfJail('blog')] }
    expect(
      driver(down)
        .unroute(route)
        .map(({ action }) => action.kind),
    ).toEqual(['nginx-config'])
    const bare = driver({ ...noProxy, kind: 'nginx' })
    expect(bare.prepare().at(-1)).toMatchObject({ action: { argv: ['service', 'nginx', 'start'] } })
    expect(bare.set('a.example.com', { maintenance: true }).map(({ action }) => action.kind)).toEqual(['nginx-config', 'run'])
  })

  test("an nginx that serves its owner's own sites is not started again", () => {
    const steps = driver({ configured: false }).prepare()
    expect(steps.at(-1)).toMatchObject({ action: { argv: ['service', 'nginx', 'reload'] } })
    expect(steps).toContainEqual(expect.objectContaining({ action: expect.objectContaining({ change: { what: 'block' } }) }))
  })

  test('a path that is too deep is refused with what to use instead', () => {
    expect(() => driver().route([{ host: 'a.example.com', path: '/1/2/3/4/5/6/7' }], [target])).toThrow(refusal(/shorter path/))
  })

  test('a number of requests that another site allows too has its files already, and keeps them', () => {
    const settings = { 'a.example.com': { limit: 5 }, 'b.example.com': { limit: 5 }, 'c.example.com': { limit: 9 } }
    const names = (steps: ReturnType<ReturnType<typeof driver>['set']>) =>
      steps.flatMap(({ action }) => (action.kind === 'nginx-config' && action.change.what === 'file' ? [action.change.name] : []))
    expect(names(driver({ settings }).set('a.example.com', { limit: undefined }))).toEqual([])
    expect(names(driver({ settings }).set('c.example.com', { limit: 5 }))).toEqual(['limit_9.inc', '30-limit_9.conf'])
    expect(names(driver({ settings }).set('a.example.com', { limit: 7 }))).toEqual(['30-limit_7.conf', 'limit_7.inc'])
  })
})

describe('what a plan leaves in the files', () => {
  const both = { host: 'both.example.com', backend: 'site_x', targets: [at('blog', 50), at('shop', 50)], jail: 'blog' }
  const group = { name: 'site_x', targets: both.targets, isSpare: false, isStale: false }
  const host = { routes: [route, both], backends: [backendOfJail('blog'), group] }

  test('of two jails that are drained one after the other, the first one stays so', () => {
    const proxy = driver(host)
    const drained = [...proxy.drain('blog', 5), ...proxy.drain('shop', 5)]
    expect(left(drained).get('20-site_x.conf')).toEqual(['blog 50 drained', 'shop 50 drained'])
    expect(left(proxy.ready('blog')).get('20-site_x.conf')).toEqual(['blog 50', 'shop 50 drained'])
  })

  test('what was drained by its weight is drained enough: only so it can be brought back', () => {
    const proxy = driver(host)
    const steps = [...proxy.weigh(both, [at('blog', 0), at('shop', 50)]), ...proxy.drain('blog', 5)]
    expect(left(steps).get('20-site_x.conf')).toEqual(['blog 0', 'shop 50'])
  })

  test('a third jail comes into the file that stands, and the file stays', () => {
    const proxy = driver(host)
    const targets = [at('blog', 33), at('shop', 33), at('wiki', 34)]
    const name = `${groupName('both.example.com')}`
    const standing = { ...group, name }
    const grown = driver({ routes: [{ ...both, backend: name }], backends: [standing] })
    const steps = [...grown.route([{ host: both.host }], targets), ...grown.tidy([{ ...both, backend: name }], [{ targets }])]
    expect(left(steps).get(`20-${name}.conf`)).toEqual(['blog 33', 'shop 33', 'wiki 34'])
    expect(left(proxy.route([route], [at('blog', 100)])).size).toBe(0)
  })
})

function at(name: string, weight: number): ReachableTarget {
  return { jail: name, address: '10.0.0.5', weight }
}

/** By file: who is in it, with the weight, and whether it is left out. Undefined: the file is gone. */
function left(steps: readonly { action: Step['action'] }[]): Map<string, string[] | undefined> {
  return new Map(
    steps.flatMap(({ action }) => {
      if (action.kind !== 'nginx-config' || action.change.what !== 'file') return []
      const { name, content } = action.change
      const servers = content === null ? undefined : (upstreamIn(content) ?? [])
      return [[name, servers?.map(({ jail, weight, isDrained }) => `${jail} ${weight}${isDrained ? ' drained' : ''}`)] as const]
    }),
  )
}
