import { describe, expect, it } from 'vitest'
import { complete, knownValues } from '../../src/bot/completion.ts'
import { chooseHost } from '../../src/bot/hosts.ts'
import { judge } from '../../src/bot/judge.ts'
import type { Actor } from '../../src/core/policy.ts'
import { policySchema } from '../../src/core/policy.ts'
import help from '../../commands/help.ts'
import hostList from '../../commands/host/list.ts'
import jobList from '../../commands/job/list.ts'
import proxyAdd from '../../commands/proxy/add.ts'
import whoami from '../../commands/whoami.ts'
import { refusal } from '../core/refusal.ts'
import { commands } from './bench-commands.ts'
import { incoming, policy, web1, web2 } from './bot-bench.ts'
import { request } from './records.ts'

const context = {
  commands,
  policy,
  hosts: [web1, web2],
  hostOf: (): string | undefined => undefined,
  now: 1_000_000,
  hearingSince: 1_000_000,
  zone: 'UTC',
  waiting: () => [],
}
/** Those that the bot answers by itself, for one who may say nothing else. */
const withBotCommands = {
  ...context,
  commands: [...commands, help, whoami, hostList, jobList],
  policy: policySchema.parse({
    roles: { all: { permissions: ['help', 'whoami', 'host.list', 'job.*', 'request.approve'], members: ['web:user:eve'] } },
  }),
}
const understood = {
  command: { path: 'jail create' },
  args: { jail: 'neu' },
  line: 'jail create neu',
  host: web2,
  person: 'ana',
  approvals: 1,
  expiresMinutes: 5,
}

describe('judge', () => {
  it.each([
    ['text', 'jail create neu host:web2'],
    ['a slash', '/jail create neu --host web2'],
    ['options', { kind: 'options', command: 'jail create', options: { jail: 'neu', host: 'web2' } } as const],
  ])('understands %s', (_, said) => {
    expect(judge(incoming('ana', said), context)).toMatchObject(understood)
  })

  it.each([
    [{ kind: 'approve', request, digest: 'd' } as const, 'approve'],
    [{ kind: 'deny', request, digest: 'd' } as const, 'deny'],
    [{ kind: 'cancel', request } as const, 'job cancel'],
  ])('understands a press: %j', (press, path) => {
    const judgement = judge(incoming('ana', { kind: 'press', press }), context)
    expect(judgement).toMatchObject({ command: { path }, args: { request } })
    expect(judgement).not.toHaveProperty('host')
  })

  it.each([
    ['ana', '', 'usage'],
    ['ana', 'jail create "neu', 'usage'],
    ['ana', 'jail burn neu', 'unknown_command'],
    ['ana', 'jail create neu colour:red', 'usage'],
    ['ana', 'jail create', 'missing_argument'],
    ['ana', 'jail create N host:web1', 'bad_argument'],
    ['ana', 'jail list dry-run:yes host:web1', 'usage'],
    ['ana', 'jail create neu', 'which_host'],
    ['ana', 'jail create neu host:web3', 'unknown_host'],
    ['ana', 'jail create neu host:web1 until:later', 'bad_argument'],
    ['ana', `approve ${request} until:2h`, 'usage'],
    ['eve', 'jail create neu', 'permission_denied'],
    ['eve', 'jail create N colour:red host:nowhere', 'permission_denied'],
    ['nobody', 'jail list host:nowhere', 'permission_denied'],
  ])('refuses %s "%s": %s', (who, words, code) => {
    expect(refusal(() => judge(incoming(who, words), context)).code).toBe(code)
  })

  it.each(['web1', 'nosuch', '*', '""'])('says of no host %s whether there is one, where the bot answers by itself', (host) => {
    for (const words of ['help', 'whoami', 'host list', `approve ${request}`]) {
      const { code, message } = refusal(() => judge(incoming('eve', `${words} host:${host}`), withBotCommands))
      expect([code, message]).toEqual(['usage', expect.stringMatching(/is answered by the bot itself, .* say it without host:\.$/)])
    }
  })

  it('lists no option that means nothing to the command', () => {
    expect(refusal(() => judge(incoming('eve', 'help colour:red'), withBotCommands)).message).toMatch(/It takes: about\.$/)
  })

  it('takes a host where the bot asks for one, and says there is none of that name', () => {
    expect(judge(incoming('eve', 'job list host:web2'), withBotCommands)).toMatchObject({ command: { path: 'job list' }, host: web2 })
    expect(refusal(() => judge(incoming('eve', 'job list host:web3'), withBotCommands)).code).toBe('unknown_host')
  })

  it.each(['guest', 'bot', 'stranger'] as const)('refuses a %s whatever they may, before looking at the details', (kind) => {
    expect(refusal(() => judge(incoming('ana', 'jail create N x:y', kind), context)).code).toBe('not_a_member')
  })

  it('refuses everybody where there is no policy', () => {
    expect(refusal(() => judge(incoming('ana', 'jail list'), { ...context, policy: policySchema.parse({}) })).code).toBe('no_policy')
  })
})

describe('which host', () => {
  const both = [web1, web2]
  const stop = { path: 'jail stop' }
  const ask = (site: string, channel?: string) => refusal(() => chooseHost(both, { command: proxyAdd, args: { site }, channel })).message

  it.each([
    ['the only one', [web1], {}, undefined, 'web1'],
    ['the one named', both, { jail: 'blog' }, 'web2', 'web2'],
    ['the one with the jail', both, { jail: 'wiki' }, undefined, 'web2'],
    ['the one with the site', both, { site: 'b.example.com' }, undefined, 'web2'],
  ])('%s', (_, hosts, args, wanted, name) => {
    expect(chooseHost(hosts, { command: stop, args, named: wanted }).name).toBe(name)
  })

  it('the one with it in its trash, where it is to be restored, and then no other', () => {
    const hosts = [web1, { ...web2, inventory: { jails: ['old'], trash: [], routes: [] } }]
    expect(chooseHost(hosts, { command: { path: 'jail restore', names: { jail: 'trashed' } }, args: { jail: 'old' } }).name).toBe('web1')
    expect(chooseHost(hosts, { command: stop, args: { jail: 'old' } }).name).toBe('web2')
  })

  it.each([
    ['the one with the jail that is meant', { site: 'wiki.example.com' }, 'web2'],
    ['also where an empty field of a form stands for it', { site: 'wiki.example.com', jail: undefined }, 'web2'],
    ['the one with the jail that is named', { site: 'wiki.example.com', jail: 'blog' }, 'web1'],
  ])('a new site: %s', (_, args, name) => {
    expect(chooseHost(both, { command: proxyAdd, args }).name).toBe(name)
  })

  it('a new site whose jail two hosts have, or none, or one that is not the channel’s: it is asked', () => {
    expect(ask('shop.example.com')).toBe('Which host? Add host:NAME, one of: web1, web2.')
    expect(ask('neu.example.com')).toBe('Which host? Add host:NAME, one of: web1, web2.')
    expect(ask('wiki.example.com', 'web1')).toContain('has no jail wiki. It is on: web2.')
  })

  it.each([
    ['none known', [], {}, undefined, 'unknown_host', 'jailops.yaml'],
    ['a wrong name', both, {}, 'web11', 'unknown_host', 'Did you mean web1?'],
    ['two have it', both, { jail: 'shop' }, undefined, 'which_host', 'web1, web2'],
    ['it is only in the trash', both, { jail: 'old' }, undefined, 'which_host', 'web1, web2'],
    ['none has it', both, { jail: 'neu' }, undefined, 'which_host', 'web1, web2'],
    ['nothing to go by', both, {}, undefined, 'which_host', 'web1, web2'],
  ])('refuses: %s', (_, hosts, args, wanted, code, words) => {
    const refused = refusal(() => chooseHost(hosts, { command: stop, args, named: wanted }))
    expect([refused.code, refused.message]).toEqual([code, expect.stringContaining(words)])
  })
})

const actor = (id: string, kind: Actor['kind'] = 'person'): Actor => ({ platform: 'web', id, name: id, groups: [], kind })
const values = (command: string, argument: string) =>
  knownValues({ command, argument, typed: '', actor: actor('eve') }, withBotCommands).map(({ value }) => value)

const texts = (text: string, who = actor('ana')) => complete(text, who, context).map((completion) => completion.text)

describe('completion', () => {
  it.each([
    ['/jail s', ['/jail start ']],
    ['jail start w', ['jail start wiki ']],
    ['jail start jail:s', ['jail start jail:shop ']],
    [
      'jail restore ',
      ['jail restore old ', 'jail restore jail:', 'jail restore host:', 'jail restore dry-run:yes ', 'jail restore until:'],
    ],
    [
      'jail start host:web2 ',
      [
        'jail start host:web2 wiki ',
        'jail start host:web2 shop ',
        'jail start host:web2 jail:',
        'jail start host:web2 dry-run:yes ',
        'jail start host:web2 until:',
      ],
    ],
    ['jail start host:web2 jail:', ['jail start host:web2 jail:wiki ', 'jail start host:web2 jail:shop ']],
    ['jail start host:nowhere w', ['jail start host:nowhere wiki ']],
    ['jail start blog host:web2 w', []],
    ['jail create bl', []],
    ['proxy remove a', ['proxy remove a.example.com ', 'proxy remove b.example.com ']],
    ['jail start wiki host:w', ['jail start wiki host:web1 ', 'jail start wiki host:web2 ']],
  ])('%j', (text, expected) => {
    expect(texts(text)).toEqual(expected)
  })

  it.each([
    ['help host:', []],
    ['help about host:', []],
    ['help h', []],
    ['whoami ', []],
    ['job list h', ['job list host:']],
    ['job list host:web2', ['job list host:web2 ']],
  ])('names no host where the bot answers by itself and takes none: %j', (text, expected) => {
    expect(complete(text, actor('eve'), withBotCommands).map((completion) => completion.text)).toEqual(expected)
  })

  it('knows values of arguments that the command has, and of no others', () => {
    expect([values('help', 'host'), values('help', 'jail'), values('whoami', 'site')]).toEqual([[], [], []])
    expect(values('job list', 'host')).toEqual(['web1', 'web2'])
  })

  it('offers only what one may', () => {
    expect(texts('', actor('eve'))).toEqual(['jail list ', 'job show '])
    expect(texts('jail start w', actor('eve'))).toEqual([])
  })

  it.each(['guest', 'bot', 'stranger'] as const)('offers a %s nothing', (kind) => {
    expect([texts('', actor('ana', kind)), texts('jail start ', actor('ana', kind))]).toEqual([[], []])
  })
})
