import { describe, expect, it } from 'vitest'
import allowAdd from '../../commands/proxy/allow/add.ts'
import allowOff from '../../commands/proxy/allow/off.ts'
import allowRemove from '../../commands/proxy/allow/remove.ts'
import authAdd from '../../commands/proxy/auth/add.ts'
import authRemove from '../../commands/proxy/auth/remove.ts'
import disable from '../../commands/proxy/disable.ts'
import enable from '../../commands/proxy/enable.ts'
import headers from '../../commands/proxy/headers.ts'
import limit from '../../commands/proxy/limit.ts'
import redirect from '../../commands/proxy/redirect.ts'
import type { Command } from '../../src/core/command.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { SiteSettings } from '../../src/core/proxy.ts'
import { noProxy } from '../../src/core/proxy.ts'
import { refusal } from '../core/refusal.ts'
import { backendOfJail, jail, planOf, readyProxy, route } from './say.ts'

const site = route.host

function having(settings: SiteSettings = {}): Partial<ObservedFacts> {
  return { jails: [jail()], proxy: { ...readyProxy, routes: [route], backends: [backendOfJail('blog')], settings: { [site]: settings } } }
}

/** What becomes of the lines of maps: `limit blog.example.com 100`. */
function lines(plan: Plan): string[] {
  return plan.steps.flatMap(({ action }) => {
    if (action.kind === 'proxy-map') return [`${action.path.replace(/.*\/|\.map$/g, '')} ${action.key} ${action.value ?? '-'}`]
    return action.kind === 'proxy-password' ? [`${action.on ? 'new' : 'no'} password of ${action.user}`] : []
  })
}

describe('a setting of a site', () => {
  it.each<[string, Command, Record<string, unknown>, SiteSettings, string[], SiteSettings]>([
    ['disable', disable, {}, {}, [`maintenance ${site} 1`], { maintenance: true }],
    ['enable', enable, {}, { maintenance: true, limit: 5 }, [`maintenance ${site} -`], { limit: 5 }],
    ['limit', limit, { requests: '100' }, { limit: 5 }, [`limit ${site} 100`], { limit: 100 }],
    ['limit off', limit, { requests: 'off' }, { limit: 5 }, [`limit ${site} -`], {}],
    ['hsts', headers, { hsts: '30d' }, {}, [`hsts ${site} 2592000`], { hsts: 2592000 }],
    [
      'redirect',
      redirect,
      { to: 'https://WWW.bücher.com/x/' },
      {},
      [`redirect ${site} https://www.xn--bcher-kva.com/x`],
      { redirect: 'https://www.xn--bcher-kva.com/x' },
    ],
    [
      'the first who may come',
      allowAdd,
      { from: '10.1.2.3/24' },
      {},
      [`allow ${site}|10.1.2.0/24 1`, `allow-on ${site} 1`],
      { allow: ['10.1.2.0/24'] },
    ],
    [
      'another',
      allowAdd,
      { from: '10.1.2.3' },
      { allow: ['10.9.0.0/16'] },
      [`allow ${site}|10.1.2.3 1`],
      { allow: ['10.9.0.0/16', '10.1.2.3'] },
    ],
    [
      'one less',
      allowRemove,
      { from: '10.1.2.3' },
      { allow: ['10.1.2.3', '10.1.2.4'] },
      [`allow ${site}|10.1.2.3 -`],
      { allow: ['10.1.2.4'] },
    ],
    ['everybody', allowOff, {}, { allow: ['10.1.2.3'] }, [`allow-on ${site} -`, `allow ${site}|10.1.2.3 -`], {}],
    ['the first password', authAdd, { user: 'ana' }, {}, [`auth-on ${site} 1`, 'new password of ana'], { users: ['ana'] }],
    ['one password less', authRemove, { user: 'ana' }, { users: ['ana', 'bo'] }, ['no password of ana'], { users: ['bo'] }],
    ['no passwords', authRemove, {}, { users: ['ana'] }, [`auth-on ${site} -`, 'no password of ana'], {}],
  ])('%s', (_, command, args, before, wanted, after) => {
    const plan = planOf(command, { site, ...args }, having(before))
    expect(lines(plan)).toEqual(wanted)
    const place = { host: site, targets: route.targets }
    expect(plan.sites).toEqual([{ before: { ...place, settings: before }, after: { ...place, settings: after } }])
    expect(plan.resources).toEqual(['jail:blog', 'shared:claim:*.example.com', 'shared:proxy', `site:${site}`])
  })

  it('that is so already is no change', () => {
    expect(planOf(disable, { site }, having({ maintenance: true }))).toMatchObject({
      steps: [],
      remarks: [`${site} shows its maintenance page already.`],
    })
  })

  it('a new password in place of an old one is no other setting, and says that the old one is gone', () => {
    const plan = planOf(authAdd, { site, user: 'ana' }, having({ users: ['ana'], https: 'only' }))
    expect(lines(plan)).toEqual(['new password of ana'])
    expect(plan.sites).toBeUndefined()
    expect(plan.remarks.join(' ')).toContain('The old one of ana counts no more.')
    expect(plan.remarks.join(' ')).not.toContain('in the clear')
  })

  it.each<[string, Command, Record<string, unknown>, SiteSettings, string]>([
    ['the last password, which would let nobody in', authRemove, { user: 'ana' }, { users: ['ana'] }, 'bad_argument'],
    ['a password that nobody has', authRemove, { user: 'eve' }, { users: ['ana'] }, 'nothing_to_do'],
    ['the last who may come', allowRemove, { from: '10.1.2.3' }, { allow: ['10.1.2.3'] }, 'bad_argument'],
    ['a network of another size', allowAdd, { from: '10.0.0.0/8' }, {}, 'bad_argument'],
    ['an address of IPv6', allowAdd, { from: '2001:db8::1' }, {}, 'bad_argument'],
    ['no address', allowAdd, { from: '10.1.2.300' }, {}, 'bad_argument'],
    ['a redirect to itself', redirect, { to: `https://${site}/x` }, {}, 'bad_argument'],
    ['a redirect with a query', redirect, { to: 'https://www.example.com/?a=1' }, {}, 'bad_argument'],
    ['a redirect to a port that there is none of', redirect, { to: 'https://www.example.com:99999' }, {}, 'bad_argument'],
    ['a redirect with another scheme', redirect, { to: 'javascript:alert(1)' }, {}, 'bad_argument'],
    ['no limit', limit, { requests: '0' }, {}, 'bad_argument'],
    ['a user with a colon', authAdd, { user: 'ana:x' }, {}, 'bad_argument'],
    ["somebody else's site", disable, {}, { owner: 'bo' }, 'not_owner'],
  ])('is refused: %s', (_, command, args, before, code) => {
    expect(refusal(() => planOf(command, { site, ...args }, having(before), { granted: [] })).code).toBe(code)
  })

  it('a wildcard sends nobody round in a circle: not to a name that it answers for itself', () => {
    const wild = { ...route, host: '*.example.com' }
    const to = (name: string, routes = [wild]) =>
      planOf(redirect, { site: wild.host, to: `https://${name}` }, { proxy: { ...readyProxy, routes } })
    expect(refusal(() => to('www.example.com')).code).toBe('bad_argument')
    expect(to('www.example.com', [wild, { ...route, host: 'www.example.com' }]).steps).toHaveLength(1)
    expect(to('example.com').steps).toHaveLength(1)
  })

  it('of a site that is not routed is refused with the one that was meant', () => {
    expect(refusal(() => planOf(disable, { site: 'blgo.example.com' }, having()))).toMatchObject({ code: 'unknown_route' })
  })

  it('says so where the proxy does not run, and nothing of that where it does', () => {
    const { proxy, ...rest } = having()
    const asleep = { ...rest, proxy: { ...noProxy, ...proxy, running: false } }
    expect(planOf(disable, { site }, asleep).remarks.join()).toContain('HAProxy does not run now')
    expect(planOf(disable, { site }, having()).remarks.join()).not.toContain('does not run now')
  })

  it('of others takes the permission for it, or being the owner', () => {
    expect(planOf(disable, { site }, having({ owner: 'bo' }), { granted: ['proxy.others'] }).steps).toHaveLength(1)
    expect(planOf(disable, { site }, having({ owner: 'ana' }), { granted: [] }).steps).toHaveLength(1)
    expect(refusal(() => planOf(disable, { site }, having({ owner: 'bo' }), { granted: [] })).message).toContain(`${site} belongs to bo.`)
  })
})
