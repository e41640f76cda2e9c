import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HostService } from '../../src/cli/serve-host.ts'
import { keepServing, ownerOf } from '../../src/cli/ssh-host.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { temporaryFolder } from '../support/house.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

/** A host that is there or not as the test says; what is done on it is written down. */
function fakeHost(service: Partial<HostService> = {}) {
  const said: string[] = []
  const say = (word: string) => async () => void said.push(word)
  let isThere = true
  const shell = {
    ...createLocalShell({ programFolders: [], jailRoots: '/none' }),
    list: async () => (said.push('list'), ['copy']),
    stat: async () => ({ kind: 'file', size: 0, mode: 0, modifiedAt: 0 }) as const,
    removeFile: say('remove'),
    makeFolder: async () => undefined,
    isConnected: () => isThere,
    whenConnected: async (signal?: AbortSignal) => {
      while (!isThere) await delay(10, undefined, signal === undefined ? {} : { signal })
      signal?.throwIfAborted()
    },
    stop: say('shell stopped'),
  }
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (_: object, what: string) => void warnings.push(what) }
  const kept = keepServing({
    shell,
    service: { open: say('open'), pause: say('pause'), stop: say('stop'), ...service },
    staging: '/staging',
    groups: '/groups',
    log,
  })
  const seen = (word: string, times: number) => vi.waitFor(() => expect(said.filter((one) => one === word)).toHaveLength(times))
  return { kept, said, warnings, seen, setThere: (value: boolean) => void (isThere = value) }
}

test('copies of an earlier life are cleared away once, and not beneath a change that goes on', async () => {
  const host = fakeHost()
  await host.seen('open', 1)
  host.setThere(false)
  await vi.waitFor(
    () => {
      vi.advanceTimersByTime(1000)
      expect(host.said).toContain('pause')
    },
    { interval: 500 },
  )
  host.setThere(true)
  await host.seen('open', 2)
  await host.kept.stop()
  expect(host.said).toEqual(['list', 'remove', 'open', 'pause', 'open', 'stop', 'shell stopped'])
})

test('the name in which a lock is held is that of one state folder, however alike two machines are', async () => {
  const folder = temporaryFolder('jailops-owner-')
  const first = await ownerOf(join(folder, 'a'))

  expect(await ownerOf(join(folder, 'a'))).toBe(first)
  expect(await ownerOf(join(folder, 'b'))).not.toBe(first)
  expect(first).toMatch(/^[A-Za-z0-9-]{1,60}$/)
})

test.each(['', 'x', '0123456789abcdef0'])('one that was cut short while it was written down (%j) is made anew', async (text) => {
  const folder = temporaryFolder('jailops-owner-')
  writeFileSync(join(folder, 'owner'), text)
  expect(await ownerOf(folder)).toMatch(/-[0-9a-f]{16}$/)
  expect(await ownerOf(folder)).toBe(await ownerOf(folder))
})

test('stopping ends what is being opened', async () => {
  const stopped = Promise.withResolvers<void>()
  const opening = vi.fn(() => stopped.promise)
  const host = fakeHost({ open: opening, stop: async () => stopped.resolve() })
  await vi.waitFor(() => expect(opening).toHaveBeenCalled())
  await host.kept.stop()
  expect(host.said.at(-1)).toBe('shell stopped')
})

test('a queue that cannot be left is told, and the host is tried again', async () => {
  const open = vi.fn().mockRejectedValueOnce(new Error('no Redis')).mockResolvedValue(undefined)
  const host = fakeHost({ open, pause: () => Promise.reject(new Error('still no Redis')) })
  await vi.waitFor(() => expect(host.warnings).toEqual(['the host cannot be served; it is tried again', 'its queue could not be left']))
  await vi.waitFor(() => expect(open).toHaveBeenCalledTimes(2))
  await host.kept.stop()
})
