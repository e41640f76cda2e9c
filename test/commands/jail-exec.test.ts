import { describe, expect, it } from 'vitest'
import { argumentsFromWords } from '../../src/core/arguments.ts'
import { splitWords } from '../../src/core/split-words.ts'
import exec from '../../commands/jail/exec.ts'
import { refusal } from '../core/refusal.ts'
import { jail, planOf } from './say.ts'

const jails = [jail({ kernelName: 'ioc-blog' })]
const argvOf = (command: string) => {
  const [step] = planOf(exec, { jail: 'blog', command }, { jails }).steps
  return step?.action.kind === 'run' ? step.action.argv : []
}

const tried = (more: Parameters<typeof jail>[0]) =>
  refusal(() => planOf(exec, { jail: 'blog', command: 'uptime' }, { jails: [jail(more)] }))

describe('jail exec', () => {
  it.each([
    ['nginx -t', ['nginx', '-t']],
    ['sh -c "echo $HOME; ls | wc -l"', ['sh', '-c', 'echo $HOME; ls | wc -l']],
    ["grep 'a b' /etc/rc.conf", ['grep', 'a b', '/etc/rc.conf']],
    ['ls *', ['ls', '*']],
    ['echo "" x', ['echo', '', 'x']],
  ])('splits %s into words, and no shell reads them', (command, words) => {
    expect(argvOf(command)).toEqual(['jexec', '-l', '-U', 'root', 'ioc-blog', ...words])
    expect(exec.narrowedBy?.({ jail: 'blog', command })).toEqual(words)
  })

  it('shows what it prints, is never run twice, and says that it has no undo', () => {
    const plan = planOf(exec, { jail: 'blog', command: 'uptime', timeout: 5 }, { jails })
    expect(plan.steps).toMatchObject([
      { title: 'Run uptime in blog', action: { shows: true, timeoutSeconds: 5 }, asked: true, final: 'what it does cannot be taken back' },
    ])
    expect(plan.resources).toEqual(['jail:blog'])
  })

  it.each(['', '  ', '""', 'a\nb', 'a\0b', 'a\u001b[1m', 'a \u202eb', '-c x', 'echo "x', 'x'.repeat(2001)])('refuses %j', (command) => {
    expect(refusal(() => argvOf(command)).code).toBe('bad_argument')
  })

  it.each([0, 3601, 1.5])('refuses the timeout %d', (timeout) => {
    expect(refusal(() => planOf(exec, { jail: 'blog', command: 'uptime', timeout }, { jails })).code).toBe('bad_argument')
  })

  it('refuses a jail that is stopped, or not ours', () => {
    expect(tried({ state: 'stopped' }).code).toBe('jail_stopped')
    expect(tried({ ours: false }).code).toBe('not_ours')
  })

  it('is typed with its command in quotes, or as the second word', () => {
    expect(argumentsFromWords(exec, splitWords('blog command:"nginx -t"'))).toEqual({ jail: 'blog', command: 'nginx -t' })
    expect(argumentsFromWords(exec, splitWords('blog "nginx -t"'))).toEqual({ jail: 'blog', command: 'nginx -t' })
  })
})
