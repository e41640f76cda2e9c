import { describe, expect, it } from 'vitest'
import logs from '../../commands/jail/logs.ts'
import top from '../../commands/jail/top.ts'
import { parseArguments } from '../../src/core/arguments.ts'
import type { Command } from '../../src/core/command.ts'
import type { ObservedFacts } from '../../src/core/host.ts'
import { testFacts } from '../host/facts-helper.ts'
import { refusal } from '../core/refusal.ts'
import { said } from './looked.ts'
import { answerOf, jail } from './say.ts'

function asked(command: Command, args: Record<string, unknown>, observed: Partial<ObservedFacts>) {
  if (command.risk === 'bot') throw new Error('asks no host')
  return command.looks?.({ args: parseArguments(command, args).args, facts: testFacts(observed) })
}

describe('jail logs', () => {
  it('reads through the jail, or what the host keeps of the console', () => {
    expect(asked(logs, { jail: 'blog', file: 'nginx/error.log', lines: 5 }, { jails: [jail()] })).toEqual({
      log: { argv: ['jexec', 'blog', 'tail', '-n', '5', '/var/log/nginx/error.log'] },
    })
    const stopped = jail({ state: 'stopped', consoleLog: '/var/log/jail_blog_console.log' })
    expect(asked(logs, { jail: 'blog', file: 'console' }, { jails: [stopped] })).toEqual({
      log: { argv: ['tail', '-n', '50', '/var/log/jail_blog_console.log'] },
    })
  })

  it.each(['../passwd', '/etc/passwd', '-f', 'a/../b', '.hidden', 'a//b', ''])('refuses %j as a log', (file) => {
    expect(refusal(() => asked(logs, { jail: 'blog', file }, { jails: [jail()] })).code).toBe('bad_argument')
  })

  it('refuses more than a thousand lines, and a console that nobody keeps', () => {
    expect(refusal(() => asked(logs, { jail: 'blog', lines: 1001 }, { jails: [jail()] })).code).toBe('bad_argument')
    expect(refusal(() => asked(logs, { jail: 'blog', file: 'console' }, { jails: [jail()] })).code).toBe('not_supported_by_driver')
  })

  it.each(['/usr/jails/blog/var/log/console', '/var/../usr/jails/blog/x', '/usr/jails/./blog/x', '-f'])(
    'reads no console by a path that root of the jail may have led elsewhere: %s',
    (consoleLog) => {
      const refused = refusal(() => asked(logs, { jail: 'blog', file: 'console' }, { jails: [jail({ consoleLog })] }))
      expect([refused.code, refused.message]).toEqual(['not_supported_by_driver', expect.stringContaining(consoleLog)])
    },
  )

  it('says what it shows, and what cannot be shown', () => {
    expect(answerOf(logs, { jail: 'blog' }, { jails: [jail()], looked: { log: said('a\nb\n') } })).toEqual({
      title: 'The last 2 lines of /var/log/messages of blog',
      text: 'a\nb\n',
    })
    const looked = { log: said('', 1, 'tail: /var/log/messages: No such file or directory\n') }
    expect(refusal(() => answerOf(logs, { jail: 'blog' }, { jails: [jail()], looked })).message).toContain('No such file')
  })
})

const header = '  PID USER   %CPU %MEM   RSS     TIME COMMAND\n'

describe('jail top', () => {
  it('adds up, and shows the busiest first', () => {
    const processes = said(
      `${header} 4711 root    0.1  0.2  2048  0:00.01 nginx: master process\n 4712 www     3.0  0.5  4096  1:02.03 nginx: worker process (nginx)\n`,
    )
    const answer = answerOf(
      top,
      { jail: 'blog' },
      { jails: [jail()], looked: { processes, usage: said('memoryuse=10485760\npcpu=3\nwallclock=9\n') } },
    )
    expect(answer.title).toBe('2 processes run in blog')
    expect(answer.fields).toEqual([
      { name: 'CPU', value: '3.1 %' },
      { name: 'Memory', value: '6.0 MB' },
      { name: 'Counted memory', value: '10.0 MB' },
      { name: 'Counted CPU', value: '3 %' },
    ])
    expect(answer.table?.rows[0]).toEqual(['4712', 'www', '3.0 %', '4.0 MB', '1:02.03', 'nginx: worker process (nginx)'])
  })

  it('tells an empty jail from a ps that failed', () => {
    expect(answerOf(top, { jail: 'blog' }, { jails: [jail()], looked: { processes: said(header, 1) } }).title).toBe(
      '0 processes run in blog',
    )
    const looked = { processes: said('', 1, 'ps: Invalid jail id: blog') }
    expect(refusal(() => answerOf(top, { jail: 'blog' }, { jails: [jail()], looked })).code).toBe('host_not_ready')
  })

  it('asks the kernel only where it counts', () => {
    expect(Object.keys(asked(top, { jail: 'blog' }, { jails: [jail()] }) ?? {})).toEqual(['processes'])
    expect(Object.keys(asked(top, { jail: 'blog' }, { jails: [jail()], canLimit: true }) ?? {})).toEqual(['processes', 'usage'])
  })
})
