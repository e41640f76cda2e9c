import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { checkEnvironment, checkText, filesOf } from './sources.ts'

describe('JAILOPS_ variables', () => {
  it('count before the file', () => {
    const environment = {
      JAILOPS_REDIS_URL: 'redis://other',
      JAILOPS_BOT_WEB_PORT: '8081',
      JAILOPS_BOT_SHELL_ENABLED: 'false',
      JAILOPS_HOST_LAYOUT_HAPROXY_BIND_PORT: '8080',
      JAILOPS_HOST_LAYOUT_HAPROXY_BIND_ADDRESS: '192.0.2.1',
      JAILOPS_STATE: '/tmp/state',
    }
    const text = 'redis: {url: redis://first, prefix: mine}\nhost: {name: web1, layout: {haproxy: {bindPort: 81}}}\n'
    const { config } = loadConfig({ file: 'f', environment, readFile: filesOf({ f: text }) })
    expect(config).toMatchObject({
      redis: { url: 'redis://other', prefix: 'mine' },
      bot: { web: { port: 8081 }, shell: { enabled: false } },
      host: { name: 'web1', layout: { haproxy: { bindAddress: '192.0.2.1', bindPort: 8080 } } },
      state: '/tmp/state',
    })
  })

  it.each([
    ['JAILOPS_BOT_WEB_PROT', '1', 'there is no such setting. The nearest is JAILOPS_BOT_WEB_PORT.'],
    ['JAILOPS_REDSI_URL', 'x', 'there is no such setting. The nearest is JAILOPS_REDIS_URL.'],
    ['JAILOPS_HOST_LAYOUT_NONSENSE', 'x', 'there is no such setting. The nearest is JAILOPS_HOST_LAYOUT_'],
    ['JAILOPS_COMMANDS', '/x', 'commands is no single value that a variable can hold; write it in the file'],
    ['JAILOPS_BOT', 'x', 'bot is no single value that a variable can hold; write it in the file'],
    ['JAILOPS_BOT_WEB_PORT', 'high', 'bot.web.port: must be a number'],
    ['JAILOPS_BOT_WEB_PORT', '', 'bot.web.port: must be a number'],
    ['JAILOPS_BOT_SHELL_ENABLED', 'yes', 'bot.shell.enabled: must be true or false'],
    ['JAILOPS_REDIS_URL_FILE', 'relative', 'must be the absolute path of a file'],
    ['JAILOPS_REDIS_URL_FILE', '/nowhere', 'there is no file /nowhere'],
    ['JAILOPS_BOT_WEB_PORT_FILE', '/nowhere', 'bot.web.port is no text; set JAILOPS_BOT_WEB_PORT itself'],
  ])('%s=%s is refused', (variable, value, problem) => {
    expect(checkEnvironment({ [variable]: value }).problems).toEqual([expect.stringContaining(`${variable}: ${problem}`)])
  })

  it.each(['JAILOPS_PARENT_PIPE', 'JAILOPS_LONG_BUDGET', 'JAILOPS_INTERNAL_X', 'JAILOPS_TEST_LONG', 'JAILOPS_SOMETHING_ELSE', 'REDIS_URL'])(
    '%s is none of ours',
    (variable) => {
      expect(checkEnvironment({ [variable]: '1' }).problems).toEqual([])
    },
  )
})

describe('secrets', () => {
  const files = { '/key': ' redis://u:secret@h\n' }

  it('come from a file that the settings name', () => {
    const { config } = loadConfig({ file: 'f', environment: {}, readFile: filesOf({ ...files, f: 'redis:\n  urlFile: /key\n' }) })
    expect(config.redis.url).toBe('redis://u:secret@h')
  })

  it('come from a file that a variable names', () => {
    const { config } = loadConfig({ environment: { JAILOPS_REDIS_URL_FILE: '/key' }, readFile: filesOf(files) })
    expect(config.redis.url).toBe('redis://u:secret@h')
  })

  it.each([
    ['redis: {urlFile: /key, url: redis://x}', '1:18: redis.urlFile: url is given too; one of the two must go'],
    ['redis: {urlFile: /nowhere}', '1:18: redis.urlFile: there is no file /nowhere'],
    ['redis: {urlFile: key}', '1:18: redis.urlFile: must be the absolute path of a file'],
    ['redis: {urlFile: /bad}', '1:18: redis.url: must be an address'],
  ])('%j is refused', (text, problem) => {
    expect(checkText(text, { ...files, '/bad': 'hunter2' }).problems).toEqual([expect.stringContaining(`jailops.yaml:${problem}`)])
  })

  it('are never in a problem', () => {
    expect(checkText('redis: {urlFile: /bad}', { '/bad': 'hunter2' }).problems.join()).not.toContain('hunter2')
    expect(checkEnvironment({ JAILOPS_REDIS_URL: 'hunter2' }).problems.join()).not.toContain('hunter2')
  })

  it('set by two variables are refused', () => {
    const environment = { JAILOPS_REDIS_URL: 'redis://x', JAILOPS_REDIS_URL_FILE: '/key' }
    expect(checkEnvironment(environment, '', files).problems).toEqual([
      'JAILOPS_REDIS_URL_FILE: JAILOPS_REDIS_URL is set too; one of the two must go',
    ])
  })

  it.each([
    ['a secret’s file', 'redis: {urlFile: /key}', 0o100644, 'everybody on this machine can read /key'],
    ['the settings, with a password', 'redis: {url: "redis://u:p@h"}', 0o100644, 'everybody on this machine can read this secret'],
  ])('warn when everybody can read %s', (_, text, mode, warning) => {
    expect(checkText(text, files, mode).warnings).toContainEqual(expect.stringContaining(warning))
    expect(checkText(text, files, 0o100640).warnings).not.toContainEqual(expect.stringContaining('everybody'))
  })

  it('are none in an address without a password', () => {
    expect(checkText('redis: {url: "redis://h"}', {}, 0o100644).warnings).not.toContainEqual(expect.stringContaining('everybody'))
  })
})
