import { expect, test } from 'vitest'
import { sshTargetSchema } from '../../../src/core/ssh-target.ts'
import { problemOf } from '../../../src/host/ssh/problems.ts'

const target = sshTargetSchema.parse({ address: 'web2.example', user: 'jailops', become: 'sudo', knownHosts: '/known' })

test.each([
  'kex_exchange_identification: read: Connection reset by peer',
  'ssh_dispatch_run_fatal: Connection to 192.0.2.2 port 22: Broken pipe',
  'client_loop: send disconnect: Broken pipe',
  'Bad packet length 1349676916.',
])('what ssh itself failed of is not blamed on sudo: %s', (complaint) => {
  expect(problemOf(complaint, target, 255)).toMatchObject({ permanent: false })
})

test.each(['sudo: a password is required', 'sudo: unable to stat /etc/sudoers: Permission denied', 'Connection closed'])(
  'what ended otherwise is what sudo said: %s',
  (complaint) => {
    const { why, permanent } = problemOf(complaint, target, 1)
    expect(permanent).toBe(true)
    expect(why).toContain('sudo does not start')
    expect(why).toContain('jailops host privileges')
  },
)

test("what we ended ourselves is nobody's fault", () => {
  expect(problemOf('', target, undefined)).toEqual({ why: 'ssh ended without a word', permanent: false })
})
