import { expect, test } from 'vitest'
import { createLog, hidePassword } from '../../src/cli/log.ts'

function logInto(lines: string[]) {
  return createLog('bot', (line) => lines.push(line))
}

test('a password in the address of Redis never reaches the log, in any spelling', () => {
  const lines: string[] = []
  const log = logInto(lines)

  hidePassword(log, 'redis://jailops:s3cr%3Ft%2Fpw@127.0.0.1:6379')
  log.warn({ error: 'cannot connect to redis://jailops:s3cr%3Ft%2Fpw@127.0.0.1' }, 'with s3cr?t/pw')
  log.info({ header: Buffer.from('s3cr?t/pw').toString('base64') }, 'ready')

  const text = lines.join('')
  expect(text).not.toMatch(/s3cr/)
  expect(text).not.toContain(Buffer.from('s3cr?t/pw').toString('base64'))
  expect(text).toContain('[hidden]')
})

test('an address without a password hides nothing', () => {
  const lines: string[] = []
  const log = logInto(lines)

  hidePassword(log, 'redis://127.0.0.1:6379')
  hidePassword(log, { socketPath: '/tmp/redis.sock' })
  log.info({}, 'ready')

  expect(lines.join('')).toContain('"msg":"ready"')
})
