import { describe, expect, it } from 'vitest'
import { definitionHash } from '../../src/core/command.ts'
import type { HostMessage } from '../../src/core/message.ts'
import { guardMessage } from '../../src/worker/guard.ts'
import exec from '../../commands/jail/exec.ts'
import { refusal } from '../core/refusal.ts'

const asking = (args: Record<string, unknown>): HostMessage['body'] => ({
  kind: 'plan',
  command: exec.path,
  args,
  definition: definitionHash(exec),
  person: 'ana',
  granted: [],
  execute: true,
  dryRun: false,
  reserveUntil: 1,
})
const guard = (permissions: string[], body: HostMessage['body'], asked?: HostMessage['body']) =>
  guardMessage(
    { commands: [exec], permissions, now: () => 1 },
    { id: 'r-plan-1', request: 'r', host: 'web1', issuedAt: 0, expiresAt: 2, body },
    asked,
  )

describe('the host’s own permissions with words behind them', () => {
  const uptime = asking({ jail: 'blog', command: 'uptime', timeout: 60 })
  const other = asking({ jail: 'blog', command: '"uptime -x"', timeout: 60 })

  it.each([['*'], ['jail.exec'], ['jail.exec(uptime)'], ['jail.exec("uptime" *)']])('%s let these words pass', (permission) => {
    expect(() => guard([permission], uptime)).not.toThrow()
  })

  it('let no others pass, whatever the bot says of who may', () => {
    expect(refusal(() => guard(['jail.exec(uptime)', 'jail.list'], other)).code).toBe('not_allowed_on_host')
    expect(refusal(() => guard(['jail.exec(uptime)'], { kind: 'apply', digest: 'd', votes: [] }, other)).code).toBe('not_allowed_on_host')
    expect(() => guard(['jail.exec(uptime)'], { kind: 'apply', digest: 'd', votes: [] }, uptime)).not.toThrow()
  })

  it('are held against arguments that were checked', () => {
    expect(refusal(() => guard(['*'], asking({ jail: 'blog', command: 'a\nb', timeout: 60 }))).code).toBe('bad_argument')
  })
})
