import { expect, test } from 'vitest'
import { configSchema } from '../../src/config/schema.ts'
import { checkText } from './sources.ts'
import { hostProblems, hostWarnings } from '../../src/config/host-problems.ts'

const ssh = { address: '192.0.2.2', knownHosts: '/etc/jailops/known_hosts' }
const messages = (config: unknown) => hostProblems(configSchema.parse(config)).map(({ path, message }) => `${path.join('.')}: ${message}`)

test('a channel’s host must be one of the hosts', () => {
  expect(messages({ hosts: { web1: null }, bot: { channels: { 'slack:C1': { host: 'web1' } } } })).toEqual([])
  expect(messages({ hosts: { web1: null }, bot: { channels: { 'slack:C1': { host: 'web2' } } } })).toEqual([
    expect.stringMatching(/^bot\.channels\.slack:C1\.host: there is no host web2\..*web1/),
  ])
})

test('this machine is not reached by ssh as well', () => {
  expect(messages({ host: { name: 'web1' }, hosts: { web1: { ssh } } })).toEqual([
    expect.stringContaining('hosts.web1.ssh: is this machine'),
  ])
})

test.each([
  ['of a host', { hosts: { bot: null, web1: null } }, ['hosts.bot']],
  ['of this machine', { host: { name: 'bot' } }, ['host.name']],
  ['of this machine, which is among the hosts', { host: { name: 'bot' }, hosts: { bot: null } }, ['host.name']],
  ['of its own choice', { bot: { name: 'ops' }, hosts: { ops: null, bot: null } }, ['hosts.ops']],
  ['that every object has', { bot: { name: 'constructor' }, hosts: { web1: null } }, []],
  ['of nobody else', { host: { name: 'web1' }, hosts: { web1: null } }, []],
])('the bot has a name %s', (_, config, paths) => {
  expect(messages(config)).toEqual(
    paths.map((path) =>
      expect.stringMatching(`^${path}: the bot itself is named .*; choose another name for the host, or another bot.name$`),
    ),
  )
})

test('a host named like the bot is shown where it is named', () => {
  const [problem] = checkText('keys: /k\nhosts:\n  web1: {}\n  bot: {}\n').problems
  expect(problem).toMatch(/^jailops\.yaml:4:3: hosts\.bot: the bot itself is named bot;/)
})

test('only a host that is reached by ssh has its layout here', () => {
  expect(configSchema.safeParse({ hosts: { web2: { ssh, layout: { pool: '10.1.0.0/24' }, permissions: ['jail.*'] } } }).success).toBe(true)
  expect(configSchema.safeParse({ hosts: { web2: { layout: {} } } }).error?.issues[0]?.message).toContain('has no ssh')
})

test.each([
  [
    'beside others',
    { host: { name: 'web1' }, hosts: { web2: null } },
    ['is not under hosts, so a bot with this file does not know it. Add it there, as web1: {}'],
  ],
  ['under a name that every object has', { host: { name: 'constructor' }, hosts: {} }, ['is not under hosts']],
  ['among them', { host: { name: 'web1' }, hosts: { web1: null } }, []],
  ['alone', { host: { name: 'web1' } }, []],
  ['nowhere', { hosts: { web1: null } }, []],
])('this machine %s', (_, config, expected) => {
  expect(hostWarnings(configSchema.parse(config)).map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual(
    expected.map((words) => expect.stringContaining(`host.name ${words}`)),
  )
})

test('hosts with nothing behind it are as if they were not there', () => {
  expect(configSchema.parse({ host: { name: 'web1' }, hosts: null }).hosts).toEqual({ web1: {} })
  expect(configSchema.parse({ hosts: null }).hosts).toEqual({})
})

test.each(['192.0.2.2', 'web2.example.com', '2001:db8::2', '::1', '::ffff:192.0.2.2'])('%j is an address', (address) => {
  expect(configSchema.safeParse({ hosts: { web2: { ssh: { ...ssh, address } } } }).success).toBe(true)
})

test.each([':', '::', ':1', '::;a', '.a', '-oProxyCommand=x', 'a b', '$(id)', 'root@web2', ''])('%j is no address', (address) => {
  expect(configSchema.safeParse({ hosts: { web2: { ssh: { ...ssh, address } } } }).success).toBe(false)
})

test.each(['-l', 'Root', 'a;b', 'a b'])('%j is no user', (user) => {
  expect(configSchema.safeParse({ hosts: { web2: { ssh: { ...ssh, user } } } }).success).toBe(false)
})
