import { describe, expect, it } from 'vitest'
import destroy from '../../commands/jail/destroy.ts'
import restart from '../../commands/jail/restart.ts'
import start from '../../commands/jail/start.ts'
import stop from '../../commands/jail/stop.ts'
import { refusal } from '../core/refusal.ts'
import { testJail } from '../host/facts-helper.ts'
import { backendOfJail, planOf, readyProxy, routeTo, titles } from './say.ts'

const database = testJail('database', { address: '10.0.0.2', tags: ['data'] })
const shop = testJail('shop', { address: '10.0.0.3', depends: ['database'], tags: ['web'] })
const front = testJail('front', { address: '10.0.0.4', depends: ['shop'], tags: ['web'] })
const alone = testJail('alone', { address: '10.0.0.5', tags: ['web'] })
const jails = [alone, database, front, shop]
const isStopped = { state: 'stopped' } as const
const allStopped = jails.map((one) => ({ ...one, ...isStopped }))

describe('jails by their tag', () => {
  it('are named in the plan, each with its steps', () => {
    const plan = planOf(restart, { tag: 'web' }, { jails })
    expect(titles(plan)).toEqual(['Stop front', 'Stop shop', 'Stop alone', 'Start alone', 'Start shop', 'Start front'])
    expect(plan.outcome).toEqual([{ name: 'Jails', value: 'alone, shop, front' }])
    expect(plan.resources).toEqual(['jail:alone', 'jail:front', 'jail:shop'])
  })

  it('start after what they need, and stop before it', () => {
    const tagged = allStopped.map((one) => ({ ...one, tags: ['all'] }))
    expect(titles(planOf(start, { tag: 'all' }, { jails: tagged }))).toEqual(['Start alone', 'Start database', 'Start shop', 'Start front'])
    const runs = jails.map((one) => ({ ...one, tags: ['all'] }))
    expect(titles(planOf(stop, { tag: 'all' }, { jails: runs }))).toEqual(['Stop front', 'Stop shop', 'Stop database', 'Stop alone'])
  })

  it('leave those alone that are as wished, and those of others', () => {
    const mixed = [alone, database, { ...shop, ...isStopped }, testJail('theirs', { ...isStopped, ours: false, tags: ['web'] })]
    expect(titles(planOf(start, { tag: 'web' }, { jails: mixed }))).toEqual(['Start shop'])
    expect(planOf(start, { tag: 'web' }, { jails: [alone] }).steps).toEqual([])
  })

  it.each([
    [{}, 'missing_argument'],
    [{ jail: 'shop', tag: 'web' }, 'usage'],
    [{ tag: 'wbe' }, 'unknown_jail'],
  ])('refuse %j', (args, code) => {
    expect(refusal(() => planOf(stop, args, { jails })).code).toBe(code)
  })
})

describe('what a jail needs', () => {
  it('is started first where it does not run, and said', () => {
    const plan = planOf(start, { jail: 'front' }, { jails: allStopped })
    expect(titles(plan)).toEqual(['Start database', 'Start shop', 'Start front'])
    expect(plan.remarks).toEqual([expect.stringContaining('shop is needed'), expect.stringContaining('database is needed')])
    expect(plan.resources).toEqual(['jail:database', 'jail:front', 'jail:shop'])
    expect(titles(planOf(restart, { jail: 'shop' }, { jails: [{ ...database, ...isStopped }, shop] }))).toEqual([
      'Stop shop',
      'Start database',
      'Start shop',
    ])
    const running = planOf(start, { jail: 'front' }, { jails: [database, { ...shop, ...isStopped }, { ...front, ...isStopped }] })
    expect(titles(running)).toEqual(['Start shop', 'Start front'])
  })

  it('is not started where it is not of jailops', () => {
    const theirs = { ...database, ...isStopped, ours: false }
    const refused = refusal(() => planOf(start, { jail: 'shop' }, { jails: [theirs, { ...shop, ...isStopped }] }))
    expect([refused.code, refused.message]).toEqual(['not_ours', expect.stringContaining('shop needs database')])
  })
})

describe('what needs a jail', () => {
  it('is restarted with it, through others too, and its sites are waited for', () => {
    const proxy = { ...readyProxy, routes: [routeTo('front')], backends: [backendOfJail('front')] }
    const plan = planOf(restart, { jail: 'database' }, { jails, proxy })
    expect(titles(plan)).toEqual([
      'Send front no new requests (jail_front)',
      'Wait for the requests that front still answers, at most 30 s',
      'Stop front',
      'Stop shop',
      'Stop database',
      'Start database',
      'Start shop',
      'Start front',
      'Wait until the site at 10.0.0.4 answers',
      'Send front requests again (jail_front)',
      'Wait until HAProxy finds front alive (jail_front)',
    ])
    expect(plan.remarks.join()).toContain('shop needs what is restarted')
  })

  it('is stopped with it, and said; what does not run stays off', () => {
    const plan = planOf(stop, { jail: 'database' }, { jails: [database, shop, { ...front, ...isStopped }] })
    expect(titles(plan)).toEqual(['Stop shop', 'Stop database'])
    expect(titles(planOf(restart, { jail: 'shop' }, { jails: [database, shop, { ...front, ...isStopped }] }))).toEqual([
      'Stop shop',
      'Start shop',
    ])
  })

  it('keeps a jail up where it is not of jailops', () => {
    const refused = refusal(() => planOf(stop, { jail: 'shop' }, { jails: [shop, { ...front, ours: false }] }))
    expect([refused.code, refused.message]).toEqual(['not_ours', expect.stringContaining('front needs shop')])
  })

  it('keeps a jail from being destroyed while it runs', () => {
    expect(refusal(() => planOf(destroy, { jail: 'shop' }, { jails: [shop, front] })).message).toContain('front runs and needs shop')
    expect(titles(planOf(destroy, { jail: 'shop' }, { jails: [shop, { ...front, ...isStopped }] }))).toContain('Stop shop')
  })

  it('may go round in a circle', () => {
    const circle = [shop, { ...database, depends: ['shop'] }]
    expect(titles(planOf(restart, { jail: 'shop' }, { jails: circle }))).toHaveLength(4)
  })
})
