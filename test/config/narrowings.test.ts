import { expect, it } from 'vitest'
import { narrowingRemarks } from '../../src/config/narrowings.ts'
import { configSchema } from '../../src/config/schema.ts'
import { policyWarnings } from '../../src/config/policy-problems.ts'
import create from '../../commands/jail/create.ts'

const exec = { ...create, permission: 'jail.exec', narrowedBy: () => [] }
const config = configSchema.parse({
  host: { name: 'web1', permissions: ['jail.exec(uptime)'] },
  policy: {
    roles: { looker: { permissions: ['jail.exec(service "a b" *)', 'jail.create(blog)', 'jail.list'], members: [] } },
    approvals: [
      { permissions: ['jail.exec(nginx *)'], count: 0 },
      { permissions: ['jail.exec(nginx -t)', 'jail.exec(nginx)', 'jail.exec(nginx -t *)', 'jail.exec'], count: 1 },
      { permissions: ['jail.exec(uptime)'], count: 1 },
    ],
  },
})

it('says what words a permission has behind it, and which cover nothing', () => {
  const { warnings, notes } = narrowingRemarks(config, [create, exec])
  expect(notes).toEqual(
    expect.arrayContaining([
      'policy.roles.looker: jail.exec only as: service "a b" and any further words',
      'host: jail.exec only as: uptime',
    ]),
  )
  expect(warnings).toEqual(['policy.roles.looker.permissions: jail.create(blog) covers nothing: no command takes words behind jail.create'])
})

it('a rule that an earlier one hides is warned of, words and all', () => {
  const places = policyWarnings(config).flatMap(({ path, message }) =>
    message.startsWith('never counts') ? [path.slice(2).join('.')] : [],
  )
  expect(places).toEqual(['1.permissions.0', '1.permissions.1', '1.permissions.2', '2.permissions.0'])
})
