import { describe, expect, it } from 'vitest'
import create from '../../commands/jail/create.ts'
import destroy from '../../commands/jail/destroy.ts'
import info from '../../commands/jail/info.ts'
import list from '../../commands/jail/list.ts'
import restart from '../../commands/jail/restart.ts'
import restore from '../../commands/jail/restore.ts'
import start from '../../commands/jail/start.ts'
import stop from '../../commands/jail/stop.ts'
import { refusal } from '../core/refusal.ts'
import { answerOf, backendOfJail, jail, planOf, readyProxy, request, route, routeTo, titles, trashed } from './say.ts'

/** Every jail of jail.conf starts, and a new one is part of it. */
const included = { list: [], configured: ['mail'], jailEnable: true, includesFolder: true }
const routed = { ...readyProxy, routes: [route], backends: [backendOfJail('blog')] }

describe('jail create', () => {
  it('takes the lowest free address and keeps name and address for itself', () => {
    const plan = planOf(create, { jail: 'shop' }, { jails: [jail()], addresses: { taken: ['10.0.0.2'], interfaces: ['lo0', 'lo1'] } })
    expect(plan.reserves).toEqual(['address:10.0.0.3', 'jail:shop'])
    expect(plan.outcome).toContainEqual({ name: 'Address', value: '10.0.0.3' })
  })

  it('does not wait for the boot list where it does not touch it', () => {
    expect(planOf(create, { jail: 'shop', boot: 'no' }).resources).not.toContain('rc.conf')
    expect(planOf(create, { jail: 'shop' }).resources).toContain('rc.conf')
  })

  it('leaves nginx out when told so', () => {
    expect(titles(planOf(create, { jail: 'shop', nginx: 'no' })).join()).not.toContain('nginx')
  })

  it('says that a jail stays off only where that is so', () => {
    expect(refusal(() => planOf(create, { jail: 'quiet', boot: 'no' }, { boot: included })).message).toContain('jail_list="mail"')
    const listed = { ...included, list: ['mail'] }
    expect(planOf(create, { jail: 'quiet', boot: 'no' }, { boot: listed }).outcome).toContainEqual({ name: 'At boot', value: 'stays off' })
  })

  it('takes a name that was left in the boot list out of it', () => {
    const plan = planOf(create, { jail: 'quiet', boot: 'no' }, { boot: { ...included, list: ['mail', 'quiet'] } })
    expect(titles(plan)).toContain('Take quiet from the boot list')
    expect(plan.resources).toContain('rc.conf')
  })

  it('changes no list where the new jail starts by itself', () => {
    const plan = planOf(create, { jail: 'shop' }, { boot: included })
    expect(titles(plan).join()).not.toContain('at boot')
    expect(plan.resources).toContain('rc.conf')
    expect(plan.outcome).toContainEqual({ name: 'At boot', value: 'starts' })
  })

  it.each([
    ['a jail that is there', 'jail_exists', { jails: [jail({ name: 'shop' })] }],
    ['a name that another request is about to take', 'jail_name_taken', { reservedByOthers: ['jail:shop'] }],
  ])('refuses %s', (_, code, observed) => {
    expect(refusal(() => planOf(create, { jail: 'shop' }, observed)).code).toBe(code)
  })

  it('is the same plan for the same facts', () => {
    expect(planOf(create, { jail: 'shop' })).toEqual(planOf(create, { jail: 'shop' }))
  })
})

describe('jail destroy', () => {
  it('takes the site away first, stops, and only then moves', () => {
    const plan = planOf(
      destroy,
      { jail: 'blog' },
      { jails: [jail()], proxy: routed, boot: { list: ['blog'], configured: [], jailEnable: true, includesFolder: false } },
    )
    const order = [
      'Send blog.example.com nowhere',
      'Take blog from the boot list',
      'Stop blog',
      'nothing is mounted',
      'Move the files of blog',
    ]
    const places = order.map((words) => titles(plan).findIndex((title) => title.includes(words)))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(plan.remarks.join()).toContain('blog.example.com')
    expect(JSON.stringify(plan.steps.at(-1)?.action)).toContain(`/usr/jails/.trash/blog.${request}/root`)
  })

  it.each([
    ['what others made', 'not_ours', jail({ ours: false })],
    ['what jail(8) cannot read', 'config_invalid', jail({ state: 'broken', problem: 'line 4: syntax error' })],
  ])('never touches %s', (_, code, found) => {
    expect(refusal(() => planOf(destroy, { jail: 'blog' }, { jails: [found] })).code).toBe(code)
  })

  it('suggests the name that was meant', () => {
    expect(refusal(() => planOf(destroy, { jail: 'blgo' }, { jails: [jail()] })).message).toContain('Did you mean blog?')
  })
})

describe('jail restore', () => {
  it('brings jail, boot entry and sites back to where they were', () => {
    const plan = planOf(restore, { jail: 'blog' }, { trash: [trashed()], proxy: readyProxy })
    expect(plan.outcome).toEqual([
      { name: 'Address', value: '10.0.0.5' },
      { name: 'Sites', value: 'blog.example.com' },
    ])
    expect(titles(plan).join()).toContain('at boot')
  })

  it('does not bring one back to start at boot that did not', () => {
    const quiet = { trash: [trashed({ startsAtBoot: false })], proxy: readyProxy }
    expect(titles(planOf(restore, { jail: 'blog' }, quiet)).join()).not.toContain('at boot')
    expect(refusal(() => planOf(restore, { jail: 'blog' }, { ...quiet, boot: included })).code).toBe('host_not_ready')
  })

  it('takes the newest of several', () => {
    const newer = trashed({ request: 'rzzzzzzzzzzzzzzz', destroyedAt: 9 })
    expect(JSON.stringify(planOf(restore, { jail: 'blog' }, { trash: [trashed(), newer], proxy: readyProxy }).steps)).toContain(
      'blog.rzzzzzzzzzzzzzzz',
    )
  })

  it('writes nothing anew inside a jail that had to move, and says what is left to do', () => {
    const plan = planOf(
      restore,
      { jail: 'blog' },
      { trash: [trashed()], addresses: { taken: ['10.0.0.5'], interfaces: ['lo1'] }, proxy: readyProxy },
    )
    expect(plan.steps.filter(({ action }) => action.kind === 'run' && action.argv[0] === 'jexec')).toEqual([])
    expect(plan.remarks.join()).toContain('10.0.0.5 is in use now')
    expect(plan.outcome.map(({ name }) => name)).not.toContain('Sites')
  })

  it('leaves a site where it is by now, or all of them when told so', () => {
    const other = { ...readyProxy, routes: [{ ...routeTo('shop'), host: route.host }], backends: [backendOfJail('shop')] }
    expect(planOf(restore, { jail: 'blog' }, { trash: [trashed()], proxy: other }).remarks.join()).toContain(
      'another jail or person has them now',
    )
    expect(titles(planOf(restore, { jail: 'blog', sites: 'no' }, { trash: [trashed()], proxy: readyProxy })).join()).not.toContain(
      'HAProxy',
    )
  })

  it('refuses what is not in the trash, and a name that is taken', () => {
    expect(refusal(() => planOf(restore, { jail: 'blog' })).code).toBe('not_in_trash')
    expect(refusal(() => planOf(restore, { jail: 'blog' }, { jails: [jail()], trash: [trashed()] })).code).toBe('jail_exists')
  })
})

describe('jail start, stop and restart', () => {
  it('do nothing where nothing is to do', () => {
    expect(planOf(start, { jail: 'blog' }, { jails: [jail()] }).steps).toEqual([])
    expect(planOf(stop, { jail: 'blog' }, { jails: [jail({ state: 'stopped' })] }).steps).toEqual([])
  })

  it('wait for the site where there is one, and warn of it', () => {
    const started = titles(planOf(start, { jail: 'blog' }, { jails: [jail({ state: 'stopped' })], proxy: routed }))
    expect(started.slice(-2)).toEqual([expect.stringContaining('answers'), expect.stringContaining('HAProxy finds blog alive')])
    expect(planOf(stop, { jail: 'blog' }, { jails: [jail()], proxy: routed }).remarks.join()).toContain('503')
    expect(titles(planOf(restart, { jail: 'blog' }, { jails: [jail()] }))).toEqual(['Stop blog', 'Start blog'])
  })
})

describe('jail list and info', () => {
  it('show what is ours, what is not, and what is in the trash', () => {
    const answer = answerOf(
      list,
      {},
      { jails: [jail(), jail({ name: 'mail', ours: false, state: 'stopped' })], trash: [trashed({ name: 'old' })], proxy: routed },
    )
    expect(answer.title).toBe('2 jails, 1 running')
    expect(answer.table?.rows).toEqual([
      ['blog', 'running', '10.0.0.5', 'yes', 'blog.example.com', 'jailops'],
      ['mail', 'stopped', '10.0.0.5', 'yes', '-', 'others'],
    ])
    expect(answer.fields).toEqual([{ name: 'In the trash', value: 'old' }])
  })

  it('count as people do', () => {
    const counted = [[], [jail()], [jail(), jail()]].map((jails) => answerOf(list, {}, { jails }).title)
    expect(counted).toEqual(['No jails yet', '1 jail, 1 running', '2 jails, 2 running'])
  })

  it('say why a broken one is broken', () => {
    expect(answerOf(info, { jail: 'blog' }, { jails: [jail({ state: 'broken', problem: 'line 4' })] })).toMatchObject({
      title: 'blog is broken',
      text: 'line 4',
    })
  })
})
