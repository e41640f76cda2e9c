import { describe, expect, it } from 'vitest'
import disable from '../../commands/jail/service/disable.ts'
import enable from '../../commands/jail/service/enable.ts'
import list from '../../commands/jail/service/list.ts'
import restart from '../../commands/jail/service/restart.ts'
import start from '../../commands/jail/service/start.ts'
import status from '../../commands/jail/service/status.ts'
import stop from '../../commands/jail/service/stop.ts'
import { refusal } from '../core/refusal.ts'
import { running, said, stopped } from './looked.ts'
import { answerOf, backendOfJail, jail, planOf, readyProxy, route, titles } from './say.ts'
import { undoArgv } from '../support/undo-argv.ts'

const nginx = { jail: 'blog', service: 'nginx' }
const routed = { jails: [jail()], proxy: { ...readyProxy, routes: [route], backends: [backendOfJail('blog')] } }
const missing = said(
  '',
  1,
  'nginx does not exist in /etc/rc.d or the local startup\ndirectories (/usr/local/etc/rc.d), or is not executable\n',
)
const silent = said('', 1, "/etc/rc.d/nginx: unknown directive 'status'.\nUsage: …\n")

const off = { 'service nginx': stopped, enabled: said('', 1) }
const back = (variables: string) =>
  planOf(enable, nginx, { jails: [jail()], looked: { ...off, variables: said(variables) } }).steps[0]?.undo?.map((one) =>
    undoArgv(one).slice(3),
  )
const titleOf = (looked: typeof running) =>
  answerOf(status, nginx, { jails: [jail()], looked: { 'service nginx': looked, enabled: said('') } }).title

describe('jail service start, stop and restart', () => {
  it('ask whether it runs also where it is not enabled, and take back what they did', () => {
    const plan = planOf(start, nginx, { jails: [jail()], looked: { 'service nginx': stopped } })
    expect(plan.steps).toMatchObject([
      {
        action: { argv: ['service', '-j', 'blog', 'nginx', 'onestart'] },
        done: { argv: ['service', '-j', 'blog', 'nginx', 'onestatus'], exitCode: 0 },
        undo: [{ action: { argv: ['service', '-j', 'blog', 'nginx', 'onestop'] } }],
      },
    ])
  })

  it('wait for the sites of the jail, or warn of them', () => {
    expect(titles(planOf(start, nginx, { ...routed, looked: { 'service nginx': stopped } })).at(-1)).toContain('answers')
    const again = planOf(restart, nginx, { ...routed, looked: { 'service nginx': running } })
    expect(titles(again)).toEqual(['Restart nginx in blog', 'Wait until nginx runs in blog', 'Wait until the site at 10.0.0.5 answers'])
    expect(again.remarks.join()).toContain('blog.example.com')
    expect(planOf(stop, nginx, { ...routed, looked: { 'service nginx': running } }).remarks.join()).toContain('503')
  })

  it('stop again what did not run before a restart that failed', () => {
    expect(planOf(restart, nginx, { jails: [jail()], looked: { 'service nginx': stopped } }).steps[0]?.undo).toHaveLength(1)
    expect(planOf(restart, nginx, { jails: [jail()], looked: { 'service nginx': running } }).steps[0]?.undo).toBeUndefined()
  })

  it('do nothing where nothing is to do', () => {
    expect(planOf(start, nginx, { jails: [jail()], looked: { 'service nginx': running } }).steps).toEqual([])
    expect(planOf(stop, nginx, { jails: [jail()], looked: { 'service nginx': stopped } }).steps).toEqual([])
  })

  it.each([
    ['a service that is not there', 'unknown_service', missing],
    ['one that cannot say whether it runs', 'not_supported_by_driver', silent],
    ['one that hangs', 'timed_out', { exitCode: undefined, stdout: '', stderr: '' }],
  ])('refuse %s', (_, code, looked) => {
    expect(refusal(() => planOf(restart, nginx, { jails: [jail()], looked: { 'service nginx': looked } })).code).toBe(code)
  })

  it.each(['-e', 'a b', 'x;y', '../sh'])('refuse %j as a service', (service) => {
    expect(refusal(() => planOf(stop, { jail: 'blog', service })).code).toBe('bad_argument')
  })
})

describe('jail service enable and disable', () => {
  it('go back to what rc.conf said', () => {
    expect(back('hostname: blog\nnginx_enable: NO\n')).toEqual([['nginx_enable=NO']])
    expect(back('hostname: blog\n')).toEqual([['-x', 'nginx_enable']])
  })

  it('say what they do not do', () => {
    const variables = said('nginx_enable: YES\n')
    expect(planOf(enable, nginx, { jails: [jail()], looked: { ...off, variables } }).remarks.join()).toContain(
      '/jail service start blog nginx',
    )
    const on = { 'service nginx': running, enabled: said(''), variables }
    expect(planOf(disable, nginx, { jails: [jail()], looked: on }).remarks.join()).toContain('/jail service stop blog nginx')
    expect(planOf(enable, nginx, { jails: [jail()], looked: on }).steps).toEqual([])
  })
})

describe('jail service status and list', () => {
  it('say how it is, and never more than that', () => {
    expect([running, stopped, silent].map(titleOf)).toEqual([
      'nginx runs in blog',
      'nginx does not run in blog',
      'nginx cannot say whether it runs in blog',
    ])
  })

  it('show those of packages, and what starts', () => {
    const looked = { enabled: said('/etc/rc.d/cron\n/usr/local/etc/rc.d/nginx\n'), packages: said('nginx\nredis\n') }
    expect(answerOf(list, { jail: 'blog' }, { jails: [jail()], looked }).table?.rows).toEqual([
      ['nginx', 'yes', 'a package'],
      ['redis', 'no', 'a package'],
      ['cron', 'yes', 'the base'],
    ])
  })
})
