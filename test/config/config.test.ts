import { describe, expect, it } from 'vitest'
import { layoutSchema } from '../../src/core/layout.ts'
import { decide } from '../../src/core/policy.ts'
import { demoConfig } from '../../src/config/demo.ts'
import { checkConfig, loadConfig, readFileFromDisk } from '../../src/config/load.ts'
import { loadCommands } from '../house/commands.ts'
import { checkText, filesOf } from './sources.ts'

describe('loadConfig', () => {
  it('is the defaults where nothing is said', () => {
    const { config, warnings } = loadConfig({ environment: {}, readFile: filesOf({}) })
    expect(config).toMatchObject({
      redis: { prefix: 'jailops' },
      state: '/var/db/jailops',
      hosts: {},
      commands: [],
      bot: { name: 'bot', shell: { enabled: true } },
      policy: { people: {}, roles: {}, approvals: [] },
    })
    expect(config.host).toBeUndefined()
    expect(warnings).toEqual(['(no file): policy: has no roles, so nobody has any rights'])
  })

  it('takes the one host where no hosts are named', () => {
    const readFile = filesOf({ f: 'host: {name: web1, layout: {pool: 10.1.0.0/16}}' })
    const { config } = loadConfig({ file: 'f', environment: {}, readFile })
    expect(config.hosts).toEqual({ web1: {} })
    expect(config.host).toMatchObject({ permissions: ['*'], layout: { pool: '10.1.0.0/16', interface: 'lo1' } })
  })

  it('takes hosts without settings', () => {
    const { config } = loadConfig({ file: 'f', environment: {}, readFile: filesOf({ f: 'hosts:\n  web1:\n  web2: {}\n' }) })
    expect(config.hosts).toEqual({ web1: {}, web2: {} })
  })

  it('throws all problems at once', () => {
    const readFile = filesOf({ f: 'state: 1\nkeys: 2\n' })
    expect(() => loadConfig({ file: 'f', environment: {}, readFile })).toThrow(
      expect.objectContaining({ code: 'config_error', message: expect.stringMatching(/^f:1:8: state.*\nf:2:7: keys/) }),
    )
  })

  it.each([
    ['no file', filesOf({}), 'f: there is no such file'],
    [
      'a file that cannot be read',
      () => {
        throw new Error('EACCES')
      },
      'f: cannot be read: EACCES',
    ],
  ])('says so of %s', (_, readFile, problem) => {
    expect(checkConfig({ file: 'f', environment: {}, readFile })).toEqual({ problems: [problem], warnings: [] })
  })
})

describe('the example', () => {
  const file = 'docs/jailops.example.yaml'
  const secrets: Record<string, string> = {
    'redis-url': 'redis://jailops:secret@127.0.0.1\n',
    'slack-bot-token': 'xoxb-1\n',
    'slack-app-token': 'xapp-1\n',
    'discord-token': 'secret\n',
  }
  const readFile = (path: string) =>
    path === file ? readFileFromDisk(path) : { text: secrets[path.split('/').at(-1) ?? ''] ?? '', mode: 0o100600 }

  it('is valid, without a warning', () => {
    expect(checkConfig({ file, environment: {}, readFile })).toEqual({ problems: [], warnings: [] })
  })

  it('says what is written in it', () => {
    const { config } = loadConfig({ file, environment: {}, readFile })
    expect(config).toMatchObject({ redis: { url: 'redis://jailops:secret@127.0.0.1' }, host: { name: 'web1' }, hosts: { web1: {} } })
    expect(config.bot).toMatchObject({ slack: { appToken: 'xapp-1' }, discord: { token: 'secret' }, mirrors: [{ from: 'slack:C0OPS' }] })
    expect(config.policy.approvals[0]).toEqual({
      permissions: expect.arrayContaining(['jail.destroy', 'jail.purge']),
      count: 2,
      expiresMinutes: 30,
    })
  })
})

describe('demoConfig', () => {
  const config = demoConfig({ stateDir: '/tmp/demo', layout: layoutSchema.parse({}), ports: { web: 8080 } })
  const decision = (id: string, permission: string, risk: 'change' | 'read', platform = 'web') =>
    decide(config.policy, { platform, id, name: id, groups: [], kind: 'person' }, { permission, risk }).kind
  const ask = (id: string, permission: string) => decision(id, permission, 'read')
  const change = (id: string, permission: string, platform?: string) => decision(id, permission, 'change', platform)

  it('needs a second person for every change, and nobody for a read', () => {
    expect(['jail.create', 'jail.destroy', 'jail.restore', 'proxy.add', 'proxy.remove'].map((each) => change('ana', each))).toEqual(
      Array.from({ length: 5 }, () => 'approvals'),
    )
    expect(
      ['jail.list', 'proxy.status', 'host.status', 'job.show', 'job.cancel', 'help', 'whoami'].map((each) => ask('ana', each)),
    ).toEqual(Array.from({ length: 7 }, () => 'yes'))
  })

  it('lets bo approve, ana ask, eve look, and nobody else do anything', () => {
    expect(['ana', 'bo', 'eve', 'mallory'].map((id) => ask(id, 'request.approve'))).toEqual(['no', 'yes', 'no', 'no'])
    expect(['ana', 'bo', 'eve', 'mallory'].map((id) => ask(id, 'jail.list'))).toEqual(['yes', 'yes', 'yes', 'no'])
    expect(change('eve', 'jail.create')).toBe('no')
  })

  it('shows eve all of a site but its log and the export of all, and nothing that changes anything is hers', async () => {
    const commands = (await loadCommands()).map(({ command }) => command)
    const looks = commands.filter(({ path, risk }) => path.startsWith('proxy ') && risk === 'read')
    expect(looks.filter(({ permission }) => ask('eve', permission) !== 'yes').map(({ path }) => path)).toEqual([
      'proxy log',
      'proxy sites export',
    ])
    const changes = commands.filter(({ risk }) => risk === 'change')
    expect(changes.filter(({ permission }) => change('eve', permission) !== 'no')).toEqual([])
  })

  it('knows ana by the shell too, and nobody by another platform', () => {
    expect(change('ana', 'jail.create', 'shell')).toBe('approvals')
    expect(change('ana', 'jail.create', 'slack')).toBe('no')
  })
})

describe('what is allowed but hardly meant', () => {
  it.each([
    [
      'approvals without approvers',
      'policy: {roles: {a: {permissions: [jail.*], members: [web:user:a]}}, approvals: [{permissions: ["*"], count: 1}]}',
      'no role with members has request.approve',
    ],
    [
      'a rule behind another',
      'policy: {approvals: [{permissions: [jail.*], count: 0}, {permissions: [jail.destroy], count: 0}]}',
      'jail.* in an earlier rule fits first',
    ],
    ['people of the web page', 'bot: {web: {port: 80, people: {ana: {name: Ana}}}}', 'everybody on this machine may act as any'],
  ])('warns of %s', (_, text, warning) => {
    const { problems, warnings } = checkText(text)
    expect(problems).toEqual([])
    expect(warnings).toContainEqual(expect.stringContaining(warning))
  })
})
