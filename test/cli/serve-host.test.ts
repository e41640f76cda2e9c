import { expect, test, vi } from 'vitest'
import { settleOn } from '../../src/cli/serve-host.ts'
import { JailopsError } from '../../src/core/errors.ts'

const failing = (error: Error) => ({ run: vi.fn().mockRejectedValue(error) })

test('a sync whose connection was lost is no sync: it is asked again', async () => {
  const report = vi.fn()
  const lost = new JailopsError('connection_lost', 'gone')
  await expect(settleOn(failing(lost), report)).rejects.toBe(lost)
  expect(report).not.toHaveBeenCalled()
})

test('a sync that fails is only reported', async () => {
  const report = vi.fn()
  const error = new JailopsError('step_failed', 'no such program')
  await settleOn(failing(error), report)
  expect(report).toHaveBeenCalledExactlyOnceWith(error)
})
