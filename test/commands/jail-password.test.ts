import { describe, expect, it } from 'vitest'
import lock from '../../commands/jail/password/lock.ts'
import set from '../../commands/jail/password/set.ts'
import { describeAction } from '../../src/core/describe-action.ts'
import { refusal } from '../core/refusal.ts'
import { jail, planOf } from './say.ts'

const jails = [jail({ kernelName: 'ioc-blog' })]
const looked = (exitCode: number) => ({ locked: { exitCode, stdout: '', stderr: '' } })

describe('jail password set', () => {
  it('has no password in its plan, and says that the old one is lost', () => {
    const plan = planOf(set, { jail: 'blog' }, { jails })
    expect(plan.steps).toEqual([
      {
        title: 'Give root of blog a new password',
        action: { kind: 'password', kernelName: 'ioc-blog', user: 'root' },
        final: 'the old password cannot be brought back',
      },
    ])
    expect(plan.steps.map(({ action }) => describeAction(action))).toEqual([
      'jexec ioc-blog pw usermod root -h 0  (stdin: 24 random characters, kept nowhere)',
    ])
  })

  it('refuses a jail that is stopped, or not ours', () => {
    expect(refusal(() => planOf(set, { jail: 'blog' }, { jails: [jail({ state: 'stopped' })] })).code).toBe('jail_stopped')
    expect(refusal(() => planOf(set, { jail: 'blog' }, { jails: [jail({ ours: false })] })).code).toBe('not_ours')
  })
})

describe('jail password lock', () => {
  it('looks at the account before and after, never at its hash, and can be taken back', () => {
    const question = ['jexec', 'ioc-blog', 'grep', '-c', String.raw`^root:\*LOCKED\*`, '/etc/master.passwd']
    const [step] = planOf(lock, { jail: 'blog' }, { jails, looked: looked(1) }).steps
    expect(step).toMatchObject({
      action: { argv: ['jexec', 'ioc-blog', 'pw', 'lock', 'root'] },
      done: { argv: question, exitCode: 0 },
      undo: [{ action: { argv: ['jexec', 'ioc-blog', 'pw', 'unlock', 'root'] }, unless: { argv: question, exitCode: 1 } }],
    })
  })

  it('has nothing to do where root is locked already', () => {
    expect(planOf(lock, { jail: 'blog' }, { jails, looked: looked(0) }).remarks).toEqual(['root of blog is locked already.'])
  })
})
