import * as fc from 'fast-check'
import { stringify } from 'yaml'
import { describe, expect, it } from 'vitest'
import { checkText } from './sources.ts'

describe('problems', () => {
  it.each([
    ['rediss:\n  url: x', '1:1: rediss: there is no such setting. Did you mean redis?'],
    ['bot:\n  nmae: x', '2:3: bot.nmae: there is no such setting in bot. Did you mean name?'],
    [
      'host:\n  name: a\n  layout:\n    haproxy:\n      bindprot: 1',
      '5:7: host.layout.haproxy.bindprot: there is no such setting in host.layout.haproxy. Did you mean bindPort?',
    ],
    [
      'bot:\n  colour: red',
      '2:3: bot.colour: there is no such setting in bot. There is: name, web, shell, slack, discord, mirrors, channels.',
    ],
    [
      'policy:\n  roles:\n    a:\n      permissions: [jail.x, Jail]\n      members: []',
      '4:29: policy.roles.a.permissions[1]: must be a permission such as jail.create, jail.*, * or, for some, jail.exec(nginx -t)',
    ],
    ['policy:\n  roles:\n    a:\n      permissions: []', '3:5: policy.roles.a.members: is missing: it must be a list'],
    [
      'policy: {roles: {a: {permissions: [], members: [ana]}}}',
      '1:49: policy.roles.a.members[0]: must be PLATFORM:user:ID or PLATFORM:group:ID, such as slack:group:S012AB',
    ],
    ['hosts:\n  Web: {}', '2:3: hosts.Web: a host is named by lower-case letters, digits and hyphens'],
    ['host: {}', '1:1: host.name: is missing: it must be text'],
    ['host: {name: 12}', '1:14: host.name: must be text: put it in quotes'],
    ['bot: {web: {port: -1}}', '1:19: bot.web.port: must be at least 0'],
    ['bot: {web: {port: 1.5}}', '1:19: bot.web.port: must be a whole number'],
    ['host: {name: a, layout: {pool: 10.0.0.0}}', '1:32: host.layout.pool: must be an IPv4 network such as 10.0.0.0/24'],
    ['host: {name: a, layout: {sites: {kind: x}}}', '1:40: host.layout.sites.kind: must be own-address or shared-address'],
    [
      'host: {name: a, layout: {haproxy: {bindAddress: "*"}}}',
      '1:49: host.layout.haproxy.bindAddress: must be an IPv4 address such as 127.0.0.1',
    ],
    ['bot: {shell: {enabled: no}}', '1:24: bot.shell.enabled: must be true or false (YAML knows no yes, no, on or off)'],
    ['bot:\n  shell:\n', '2:3: bot.shell: is empty: it must be a section with settings below it, or the line must go'],
    ['policy: {approvals: [{permissions: [], count: 1}]}', '1:36: policy.approvals[0].permissions: must have at least 1 item'],
    [
      'policy: {approvals: [{permissions: [a], count: 1, expiresMinutes: 0}]}',
      '1:67: policy.approvals[0].expiresMinutes: must be more than 0',
    ],
    ['commands: /x', '1:11: commands: must be a list'],
    ['commands: [x]', '1:12: commands[0]: must be an absolute path of letters, digits and . _ + @ - /'],
    ['redis: {url: "http://x"}', '1:14: redis.url: must be an address such as redis://127.0.0.1:6379, or the absolute path of a socket'],
    ['- 1', '1:1: the file: must be a section with settings below it'],
    ['hello', '1:1: the file: must be a section with settings below it'],
    ['state: /a\nstate: /b', '2:1: this name stands here twice'],
    ['a: 1\n---\nb: 2', '2:1: Source contains multiple documents; please use YAML.parseAllDocuments()'],
    ['state: !!js/function x', '1:8: Unresolved tag: tag:yaml.org,2002:js/function'],
    [
      '__proto__: {}',
      '1:1: __proto__: there is no such setting. There is: redis, keys, state, bot, host, hosts, policy, alerts, commands.',
    ],
    [
      'policy: {people: {ana: [web:user:a], bo: [web:user:a]}}',
      '1:43: policy.people.bo[0]: is already an account of ana; one account is one person',
    ],
    [
      'policy: {people: {ana: [web:group:a]}}',
      '1:25: policy.people.ana[0]: must be an account, PLATFORM:user:ID; groups belong into a role',
    ],
    [
      'policy: {people: {"web:user:b": []}}',
      '1:19: policy.people.web:user:b: must be a name without a colon, or it could be taken for an account',
    ],
    ['bot: {slack: {botToken: xoxb-1}}', '1:14: bot.slack: needs either appToken (Socket Mode), or both signingSecret and listen (HTTP)'],
    [
      'bot: {slack: {botToken: xoxb-1, appToken: xapp-1, signingSecret: abcdefgh}}',
      '1:14: bot.slack: needs either appToken (Socket Mode), or both signingSecret and listen (HTTP)',
    ],
    ['bot: {slack: {botToken: xapp-1, appToken: xapp-1}}', '1:25: bot.slack.botToken: must be a bot token; it begins with xoxb-'],
    ['bot: {discord: {token: t, guild: 1}}', '1:34: bot.discord.guild: must be text: put it in quotes'],
    ['bot: {discord: {token: t, guild: "ops"}}', '1:34: bot.discord.guild: must be an id of Discord’s: a long number, in quotes'],
    ['alerts: {channels: [ops]}', '1:21: alerts.channels[0]: must be PLATFORM:CHANNEL, such as slack:C0123ABC'],
    ['alerts: {thresholds: {downSeconds: soon}}', '1:36: alerts.thresholds.downSeconds: must be a number'],
    ['bot: {mirrors: [{from: ops, to: "discord:1"}]}', '1:24: bot.mirrors[0].from: must be PLATFORM:CHANNEL, such as slack:C0123ABC'],
  ])('of %j', (text, problem) => {
    expect(checkText(text).problems).toEqual([`jailops.yaml:${problem}`])
  })

  it('are all told, in the order of the file', () => {
    const { problems } = checkText('state: 1\nbot:\n  name: B\n  x: 1\nkeys: 2\n')
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([1, 3, 4, 5].map((line) => expect.stringContaining(`yaml:${line}:`)))
  })

  it('show where YAML itself is broken', () => {
    expect(checkText('bot: [\n').problems).toEqual([expect.stringMatching(/^jailops\.yaml:[12]:[0-9]+: /)])
    expect(checkText('a: b: c').problems[0]).toMatch(/^jailops\.yaml:1:[0-9]+: /)
  })

  it('follow an alias to what it stands for', () => {
    const text = 'policy:\n  roles:\n    a: &role\n      permissions: [JAIL]\n      members: []\n    b: *role\n'
    expect(checkText(text).problems.map((problem) => problem.split(' ', 2).join(' '))).toEqual([
      'jailops.yaml:4:21: policy.roles.a.permissions[0]:',
      'jailops.yaml:4:21: policy.roles.b.permissions[0]:',
    ])
  })

  it('come before an alias bomb goes off', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array.from({ length: 9 }, () => `*l${level}`).join(', ')}]`,
    )
    expect(checkText(['l0: &l0 [x]', ...levels].join('\n')).problems).toEqual([
      expect.stringContaining('the aliases (*name) unfold to too much'),
    ])
  })

  it('are lines, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.object().map((value) => stringify(value)),
        ),
        (text) => {
          for (const problem of checkText(text).problems) expect(problem).toMatch(/^jailops\.yaml:[0-9]+:[0-9]+: /)
        },
      ),
    )
  })
})
