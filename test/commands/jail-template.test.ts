import { describe, expect, it } from 'vitest'
import create from '../../commands/jail/create.ts'
import apply from '../../commands/jail/template/apply.ts'
import list from '../../commands/jail/template/list.ts'
import show from '../../commands/jail/template/show.ts'
import { readTemplate } from '../../src/host/facts/templates.ts'
import { refusal } from '../core/refusal.ts'
import { packagesLooked, running, said, stopped } from './looked.ts'
import { answerOf, jail, planOf, titles } from './say.ts'

const cache = readTemplate(
  'cache',
  `description: A cache
packages: [redis, memcached]
sysrc: { redis_flags: -v }
files:
  - { path: /usr/local/etc/cache/redis.conf, content: 'bind {{address}} # {{jail}} {{listen}}', mode: 600 }
services: [redis]
commands: [[redis-cli, ping]]
`,
)
const broken = readTemplate('broken', 'packages: nginx\n')
const templates = [cache, broken]
const looked = {
  ...packagesLooked,
  variables: said(''),
  'folder /usr': said(''),
  'folder /usr/local': said(''),
  'folder /usr/local/etc': said(''),
  'folder /usr/local/etc/cache': said('', 1),
  'text /usr/local/etc/cache/redis.conf': said('', 1),
  'service redis': stopped,
}

describe('jail template apply', () => {
  it('brings packages, variables, files, services and commands, in that order', () => {
    const plan = planOf(apply, { jail: 'blog', template: 'cache' }, { jails: [jail()], templates, looked })
    expect(titles(plan)).toEqual([
      'Install memcached in blog',
      'Set redis_flags to -v in blog',
      'Make /usr/local/etc/cache in blog',
      'Write /usr/local/etc/cache/redis.conf in blog',
      'Give /usr/local/etc/cache/redis.conf the mode 600',
      'Let redis start with blog',
      'Restart redis in blog',
      'Wait until redis runs in blog',
      'Run redis-cli ping in blog',
    ])
    expect(plan.steps.filter(({ undo }) => undo !== undefined)).toHaveLength(6)
    expect(plan.steps.at(-1)?.final).toContain('not known')
    expect(plan.steps[3]?.action).toMatchObject({ stdin: 'bind 10.0.0.5 # blog 10.0.0.5:80' })
  })

  it('starts again what ran before, once the files are back', () => {
    const before = { ...looked, 'service redis': running, 'text /usr/local/etc/cache/redis.conf': said('old\n') }
    const plan = planOf(apply, { jail: 'blog', template: 'cache' }, { jails: [jail()], templates, looked: before })
    expect(plan.steps[0]).toMatchObject({ undo: [{ action: { argv: ['service', '-j', 'blog', 'redis', 'onerestart'] } }] })
    expect(plan.remarks.join()).toContain('/usr/local/etc/cache/redis.conf')
    const write = plan.steps.find(({ title }) => title.startsWith('Write'))
    expect(write?.undo).toMatchObject([{ action: { stdin: 'old\n' } }])
  })

  it.each([
    ['is too long', said('x'.repeat(70_000))],
    ['is no plain text', said('bind \uFFFD\n')],
    ['seems to hold a secret', said('requirepass: hunter2hunter2\npassword = hunter2hunter2\n')],
    ['cannot be read', said('', 1, 'cat: redis.conf: Is a directory')],
  ])('says that an old file cannot be kept where it %s, and never removes it', (_, text) => {
    const before = { ...looked, 'text /usr/local/etc/cache/redis.conf': text, 'mode /usr/local/etc/cache/redis.conf': said('640\n') }
    const plan = planOf(apply, { jail: 'blog', template: 'cache' }, { jails: [jail()], templates, looked: before })
    const write = plan.steps.find(({ title }) => title.startsWith('Write'))
    expect([write?.final, write?.undo]).toEqual([expect.stringContaining('cannot be kept'), undefined])
    expect(JSON.stringify(plan)).not.toContain('hunter2')
  })

  it.each(['text /usr/local/etc/cache/redis.conf', 'folder /usr/local/etc/cache', 'service redis'])(
    'takes no silence for an answer: %s',
    (look) => {
      const silent = { ...looked, [look]: { exitCode: undefined, stdout: '', stderr: '' } }
      const refused = refusal(() => planOf(apply, { jail: 'blog', template: 'cache' }, { jails: [jail()], templates, looked: silent }))
      expect([refused.code, refused.message]).toEqual(['host_not_ready', expect.stringContaining('in time')])
    },
  )

  it('has no file that could not be read back whole', () => {
    expect(withFile('é'.repeat(50_000)).problem).toBeUndefined()
    expect(withFile('é'.repeat(50_001)).problem).toContain('100 kB')
  })

  it.each([
    ['cahce', 'unknown_template', 'Did you mean cache?'],
    ['broken', 'config_invalid', 'packages'],
  ])('refuses %s', (template, code, words) => {
    const refused = refusal(() => planOf(apply, { jail: 'blog', template }, { jails: [jail()], templates, looked }))
    expect([refused.code, refused.message]).toEqual([code, expect.stringContaining(words)])
  })
})

describe('jail template list and show', () => {
  it('tell also what cannot be used, and why', () => {
    const rows = answerOf(list, {}, { templates: [{ ...cache, shipped: true }, broken] }).table?.rows
    expect(rows).toEqual([
      ['cache', 'A cache', 'redis, memcached', 'jailops'],
      ['broken', expect.stringContaining('cannot be used'), '-', 'this host'],
    ])
    expect(answerOf(show, { template: 'cache' }, { templates })).toMatchObject({
      title: 'cache: A cache',
      text: expect.stringContaining('mode 600'),
    })
  })
})

describe('jail create', () => {
  it('puts in what is named, without an undo of its own: it goes with the jail', () => {
    const plan = planOf(create, { jail: 'shop', template: 'cache', packages: 'vim', services: 'memcached' }, { templates })
    const all = titles(plan)
    expect(all.join()).not.toContain('first page')
    expect(all.slice(all.indexOf('Start shop') + 1)).toEqual([
      'Install redis in shop',
      'Install memcached in shop',
      'Install vim in shop',
      'Set redis_flags to -v in shop',
      'Make /usr/local/etc/cache in shop',
      'Write /usr/local/etc/cache/redis.conf in shop',
      'Give /usr/local/etc/cache/redis.conf the mode 600',
      'Let redis start with shop',
      'Let memcached start with shop',
      'Restart redis in shop',
      'Wait until redis runs in shop',
      'Restart memcached in shop',
      'Wait until memcached runs in shop',
      'Run redis-cli ping in shop',
      expect.stringContaining('boot'),
    ])
    const inside = plan.steps.filter(({ title }) => title.endsWith(' in shop'))
    expect(inside.filter(({ undo, final }) => undo !== undefined || final !== undefined)).toEqual([])
  })

  it('keeps nginx beside what else is named, unless a template says what there is', () => {
    expect(titles(planOf(create, { jail: 'shop', packages: 'vim' })).join()).toContain('nginx')
    expect(titles(planOf(create, { jail: 'shop', template: 'cache', nginx: 'yes' }, { templates })).join()).toContain('nginx')
  })

  it('leaves what is there only when told so', () => {
    expect(planOf(create, { jail: 'shop' }).keep).toBeUndefined()
    expect(planOf(create, { jail: 'shop', keep: 'yes' }).keep).toBe(true)
  })

  it('refuses a manager that the host does not have, and a template that there is not', () => {
    expect(refusal(() => planOf(create, { jail: 'shop', manager: 'iocage' })).message).toContain('This host has no iocage')
    expect(refusal(() => planOf(create, { jail: 'shop', template: 'nope' })).code).toBe('unknown_template')
  })
})

function withFile(content: string) {
  return readTemplate('big', JSON.stringify({ files: [{ path: '/a', content }] }))
}
