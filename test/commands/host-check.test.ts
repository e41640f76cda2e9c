import { expect, it } from 'vitest'
import check from '../../commands/host/check.ts'
import type { Finding } from '../../src/core/finding.ts'
import { answerOf } from './say.ts'

const findings: Finding[] = [
  { subject: 'FreeBSD', state: 'good', says: 'FreeBSD 15.1-RELEASE.' },
  { subject: 'network', state: 'lacks', says: 'There is no lo1.', remedy: ['sysrc cloned_interfaces+=lo1', 'service netif cloneup'] },
  { subject: 'clock', state: 'unknown', says: 'It was not asked.' },
]

it('says first what is to be done, with the lines to type', () => {
  const answer = answerOf(check, {}, { check: findings })
  expect(answer.title).toBe('This host lacks one thing')
  expect(answer.text).toBe('For network, type on the host:\nsysrc cloned_interfaces+=lo1\nservice netif cloneup')
  expect(answer.table?.rows.map(([subject, state]) => `${subject} ${state}`)).toEqual(['network lacks', 'clock unknown', 'FreeBSD good'])
})

it('says what to do about warnings too, below what lacks', () => {
  const warnings: Finding[] = [
    { subject: 'start at boot', state: 'warning', says: 'jail_enable is NO.', remedy: ['sysrc jail_enable=YES'] },
    { subject: 'FreeBSD', state: 'lacks', says: 'This host runs Linux.' },
  ]
  expect(answerOf(check, {}, { check: [...warnings, ...findings] }).text).toBe(
    'For network, type on the host:\nsysrc cloned_interfaces+=lo1\nservice netif cloneup\n\nFor start at boot (a warning), type on the host:\nsysrc jail_enable=YES',
  )
})

it('has no text where nothing lacks', () => {
  const answer = answerOf(check, {}, { check: findings.slice(0, 1) })
  expect([answer.title, answer.text]).toEqual(['This host lacks nothing', undefined])
})

it.each([
  [['clock'], 'Nothing is known to be lacking; one subject could not be looked at'],
  [['clock', 'firewall', 'firewall'], 'Nothing is known to be lacking; 2 subjects could not be looked at'],
])('does not call good what it did not see: %j', (subjects, title) => {
  const unseen = subjects.map((subject): Finding => ({ subject, state: 'unknown', says: 'It was not asked.' }))
  expect(answerOf(check, {}, { check: [...findings.slice(0, 1), ...unseen] }).title).toBe(title)
})
