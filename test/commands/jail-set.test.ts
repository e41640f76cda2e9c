import { expect, it } from 'vitest'
import set from '../../commands/jail/set.ts'
import { testJail } from '../host/facts-helper.ts'
import { planOf } from './say.ts'

it.each([
  ['devfs_ruleset', '0', true],
  ['devfs.ruleset', '0', true],
  ['allow.raw_sockets', '1', false],
])('%s=%s: whether it tells of every device of the host: %s', (property, value, tells) => {
  const jail = { ...testJail('blog'), manager: 'iocage' as const, kernelName: 'ioc-blog', properties: {} }
  const plan = planOf(set, { jail: 'blog', property, value }, { jails: [jail] })
  expect(plan.steps.length).toBeGreaterThan(0)
  expect(plan.remarks.join(' ').includes('every device')).toBe(tells)
})
