import { describe, expect, it } from 'vitest'
import resolver from '../../commands/jail/resolver.ts'
import get from '../../commands/jail/sysrc/get.ts'
import set from '../../commands/jail/sysrc/set.ts'
import unset from '../../commands/jail/sysrc/unset.ts'
import timezone from '../../commands/jail/timezone.ts'
import { refusal } from '../core/refusal.ts'
import { said } from './looked.ts'
import { answerOf, jail, planOf } from './say.ts'
import { undoArgv } from '../support/undo-argv.ts'

const stdin = (plan: ReturnType<typeof planOf>) => JSON.stringify(plan.steps.map(({ action }) => ('stdin' in action ? action.stdin : '')))

const there = { jails: [jail()], looked: { variables: said('hostname: blog\nredis_flags: -v --fast\n') } }

describe('jail sysrc', () => {
  it('reads back what it set, and goes back to what was', () => {
    const plan = planOf(set, { jail: 'blog', variable: 'redis_flags', value: '-q' }, there)
    expect(plan.steps).toMatchObject([
      {
        action: { argv: ['sysrc', '-j', 'blog', 'redis_flags=-q'] },
        done: { argv: ['sysrc', '-j', 'blog', '-n', 'redis_flags'], stdout: '-q' },
        undo: [{ action: { argv: ['sysrc', '-j', 'blog', 'redis_flags=-v --fast'] } }],
      },
    ])
    const fresh = planOf(set, { jail: 'blog', variable: 'nginx_enable', value: 'YES' }, there)
    expect(fresh.steps[0]?.undo?.map(undoArgv)).toEqual([['sysrc', '-j', 'blog', '-x', 'nginx_enable']])
  })

  it('unsets, and looks at what is set rather than at defaults', () => {
    const plan = planOf(unset, { jail: 'blog', variable: 'redis_flags' }, there)
    expect(plan.steps).toMatchObject([{ action: { argv: ['sysrc', '-j', 'blog', '-x', 'redis_flags'] }, done: { noWord: 'redis_flags:' } }])
    expect(planOf(unset, { jail: 'blog', variable: 'cron_enable' }, there).steps).toEqual([])
    expect(planOf(set, { jail: 'blog', variable: 'hostname', value: 'blog' }, there).steps).toEqual([])
  })

  it.each([
    ['a\nb', 'line break'],
    ['`id`', 'runs a command'],
    ['$(id)', 'runs a command'],
    ['$HOME', 'begins a variable'],
    ['say "hello"', 'double quote'],
    ["it's", 'single quote'],
    ['a\\', 'backslash'],
  ])('refuses %j and says why', (value, why) => {
    expect(refusal(() => planOf(set, { jail: 'blog', variable: 'x', value }, there)).message).toContain(why)
  })

  it.each(['a-b', '1a', 'a b', 'a=b', '-x'])('refuses %j as a variable', (variable) => {
    expect(refusal(() => planOf(set, { jail: 'blog', variable, value: 'x' }, there)).code).toBe('bad_argument')
  })

  it('keeps and shows nothing of what seems to be a secret', () => {
    const secret = { jails: [jail()], looked: { variables: said('db_password: hunter2hunter2\n'), value: said('hunter2hunter2\n') } }
    const plan = planOf(set, { jail: 'blog', variable: 'db_password', value: 'other' }, secret)
    const gone = planOf(unset, { jail: 'blog', variable: 'db_password' }, secret)
    expect([plan.steps[0]?.final, gone.steps[0]?.final]).toEqual([expect.stringContaining('secret'), expect.stringContaining('secret')])
    expect(JSON.stringify([plan, gone, answerOf(get, { jail: 'blog', variable: 'db_password' }, secret)])).not.toContain('hunter2')
  })

  it('makes no title of what is long, and no plan of half an answer', () => {
    const long = { ...there, looked: { ...there.looked, value: said(`${'x'.repeat(5000)}\n`) } }
    expect(answerOf(get, { jail: 'blog', variable: 'redis_flags' }, long)).toMatchObject({
      title: 'What redis_flags is in blog',
      text: 'x'.repeat(5000),
    })
    const half = { ...there, looked: { variables: said('a: b\n[17 bytes are not kept]\nc: d\n') } }
    expect(refusal(() => planOf(unset, { jail: 'blog', variable: 'a' }, half)).code).toBe('host_not_ready')
  })

  it('tells what is set, and by what', () => {
    expect(answerOf(get, { jail: 'blog' }, there).table?.rows).toEqual([
      ['hostname', 'blog'],
      ['redis_flags', '-v --fast'],
    ])
    const asked = { jails: [jail()], looked: { ...there.looked, value: said('NO\n') } }
    expect(answerOf(get, { jail: 'blog', variable: 'jail_enable' }, asked)).toMatchObject({
      title: 'jail_enable is NO',
      fields: [{ value: 'its default' }],
    })
  })
})

describe('jail timezone', () => {
  const zone = { zone: said(''), 'text /etc/localtime': said('TZif') }

  it('goes back to the zone that was noted', () => {
    const looked = { ...zone, 'text /var/db/zoneinfo': said('UTC\n') }
    const plan = planOf(timezone, { jail: 'blog', zone: 'Europe/Berlin' }, { jails: [jail()], looked })
    expect(plan.steps).toMatchObject([
      {
        action: { argv: ['jexec', 'blog', 'tzsetup', '-s', 'Europe/Berlin'] },
        undo: [{ action: { argv: ['jexec', 'blog', 'tzsetup', '-s', 'UTC'] } }],
      },
    ])
    expect(planOf(timezone, { jail: 'blog', zone: 'UTC' }, { jails: [jail()], looked }).steps).toEqual([])
  })

  it('says where there is no way back', () => {
    const plan = planOf(timezone, { jail: 'blog', zone: 'UTC' }, { jails: [jail()], looked: zone })
    expect(plan.steps[0]?.final).toContain('which time zone it has now')
  })

  it('refuses a zone that the jail does not have', () => {
    const looked = { ...zone, zone: said('', 1) }
    expect(refusal(() => planOf(timezone, { jail: 'blog', zone: 'Europe/Bonn' }, { jails: [jail()], looked })).code).toBe('bad_argument')
    expect(refusal(() => planOf(timezone, { jail: 'blog', zone: '../../etc' }, { jails: [jail()], looked })).code).toBe('bad_argument')
  })
})

describe('jail resolver', () => {
  const file = { 'text /etc/resolv.conf': said('nameserver 10.0.0.1\n'), 'mode /etc/resolv.conf': said('644\n') }

  it('takes the host’s, or those that are named, and brings the old text back', () => {
    const host = { jails: [jail()], looked: file, resolver: 'nameserver 10.0.2.3\n' }
    expect(stdin(planOf(resolver, { jail: 'blog' }, host))).toContain('10.0.2.3')
    const plan = planOf(resolver, { jail: 'blog', servers: '9.9.9.9, 1.1.1.1', search: 'example.com' }, host)
    expect(stdin(plan)).toBe(JSON.stringify(['search example.com\nnameserver 9.9.9.9\nnameserver 1.1.1.1\n']))
    expect(plan.steps[0]?.undo).toMatchObject([{ action: { stdin: 'nameserver 10.0.0.1\n' } }])
  })

  it('takes the file away again where there was none, and does nothing twice', () => {
    const none = { 'text /etc/resolv.conf': said('', 1, 'cat: …') }
    const plan = planOf(resolver, { jail: 'blog', servers: '9.9.9.9' }, { jails: [jail()], looked: none })
    expect(plan.steps[0]?.undo?.map(undoArgv)).toEqual([['jexec', 'blog', 'rm', '-f', '/etc/resolv.conf']])
    expect(planOf(resolver, { jail: 'blog', servers: '10.0.0.1' }, { jails: [jail()], looked: file }).steps).toEqual([])
  })

  it.each([
    [{ servers: '9.9.9' }, 'bad_argument'],
    [{ servers: '1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4' }, 'bad_argument'],
    [{ servers: '9.9.9.9', search: 'a b_c' }, 'bad_argument'],
    [{ search: 'example.com' }, 'missing_argument'],
    [{}, 'host_not_ready'],
  ])('refuses %j', (args, code) => {
    expect(refusal(() => planOf(resolver, { jail: 'blog', ...args }, { jails: [jail()], looked: file })).code).toBe(code)
  })
})
