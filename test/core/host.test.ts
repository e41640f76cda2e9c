import { describe, expect, it } from 'vitest'
import type { TrashEntry } from '../../src/core/jail.ts'
import { absolutePath, layoutSchema, siteEndpoint } from '../../src/core/layout.ts'
import { testFacts, testJail, testParts } from '../host/facts-helper.ts'
import { refusal } from './refusal.ts'
import { noProxy } from '../../src/core/proxy.ts'

const layout = layoutSchema.parse({})
const jail = testJail
const trashed = (request: string, destroyedAt: number): TrashEntry => ({
  name: 'old',
  manager: 'jail.conf',
  address: '10.0.0.9',
  startsAtBoot: true,
  wasRunning: true,
  sites: [],
  parts: testParts('old'),
  limits: [],
  request,
  destroyedAt,
})
const facts = testFacts({
  jails: [jail('blog'), jail('theirs', { ours: false }), jail('odd', { state: 'broken', problem: 'line 3' })],
  trash: [trashed('r1', 1), trashed('r2', 2)],
  proxy: {
    ...noProxy,
    routes: [
      { host: 'blog.example.com', backend: 'jail_blog', targets: [{ jail: 'blog', weight: 100 }], jail: 'blog' },
      { host: 'lost.example.com', backend: 'x', targets: [] },
    ],
  },
})

describe('factsOf', () => {
  it('finds jails, routes and what lies in the trash', () => {
    expect(facts.jail('theirs').ours).toBe(false)
    expect(facts.ownJail('blog').name).toBe('blog')
    expect(facts.route('lost.example.com').backend).toBe('x')
    expect(facts.routesTo('blog').map(({ host }) => host)).toEqual(['blog.example.com'])
    expect(facts.routesTo('nobody')).toEqual([])
    expect(facts.trashed('old').request).toBe('r2')
  })

  it.each([
    ['an unknown jail', () => facts.jail('blgo'), 'unknown_jail', 'Did you mean blog?'],
    ['another’s jail', () => facts.ownJail('theirs'), 'not_ours', 'theirs was not made by jailops'],
    ['a broken jail', () => facts.ownJail('odd'), 'config_invalid', 'line 3'],
    ['an unknown site', () => facts.route('blog.exmaple.com'), 'unknown_route', 'Did you mean blog.example.com?'],
    ['what is not in the trash', () => facts.trashed('odl'), 'not_in_trash', 'Did you mean old?'],
  ])('refuses %s', (_, ask, code, sentence) => {
    expect(refusal(ask)).toMatchObject({ code, message: expect.stringContaining(sentence) })
  })
})

describe('layout', () => {
  it('is FreeBSD’s usual one where nothing is said', () => {
    expect(layout).toMatchObject({
      jailRoots: '/usr/jails',
      interface: 'lo1',
      haproxy: { bindPort: 80 },
      sites: { kind: 'own-address', port: 80 },
    })
  })

  it.each(['', 'usr', './usr', '/usr/..', '/usr/../etc', '/a b', '/a#b', '/a"b', '/a$b', '/a\\b', '/ä', `/${'a'.repeat(900)}`, '/a\n'])(
    'refuses the path %j',
    (path) => {
      expect(absolutePath.safeParse(path).success).toBe(false)
    },
  )

  it.each(['/', '/usr/jails', '/usr/jails/.trash', '/a..b', '/usr/home/a@b_c+d-e'])('takes the path %s', (path) => {
    expect(absolutePath.parse(path)).toBe(path)
  })

  it('says where a jail’s site answers', () => {
    expect(siteEndpoint(layout, '10.0.0.5', 5)).toEqual({ address: '10.0.0.5', port: 80, statusPort: 8081 })
    const shared = layoutSchema.parse({ sites: { kind: 'shared-address', address: '127.0.0.1', firstPort: 20000, firstStatusPort: 30000 } })
    expect(siteEndpoint(shared, '10.0.0.5', 5)).toEqual({ address: '127.0.0.1', port: 20005, statusPort: 30005 })
  })
})
