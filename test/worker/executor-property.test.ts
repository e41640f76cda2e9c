import * as fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import { liveUntilEnd } from './executor-bench.ts'
import { makeModelHost, planOf } from './worker-bench.ts'

const names = ['one', 'two', 'three', 'four']

it('whatever fails and wherever it dies: all stands and it is done, or nothing stands and it says so', async () => {
  const world = fc.record({
    deaths: fc.array(fc.nat(30), { maxLength: 6 }),
    failing: fc.subarray(names),
    cancelAfter: fc.option(fc.nat(4)),
  })
  await fc.assert(
    fc.asyncProperty(world, async ({ deaths, failing, cancelAfter }) => {
      const folder = mkdtempSync(join(tmpdir(), 'jailops-executor-'))
      const host = makeModelHost()
      for (const name of failing) host.failing.add(`make ${name}`)
      const cancelled = () =>
        cancelAfter !== null && host.standing.size >= cancelAfter ? new JailopsError('cancelled', 'Taken back.') : undefined
      try {
        const { state } = await liveUntilEnd(folder, { host, plan: planOf(names), deaths }, { cancelled })

        expect(host.offences).toEqual([])
        if (state === 'done') expect([...host.standing.values()]).toEqual(names.map(() => 'done'))
        else expect([['undone', 'failed', 'cancelled'].includes(state), host.standing.size]).toEqual([true, 0])
        if (failing.length > 0 || cancelAfter !== null) expect(state === 'done' && failing.length > 0).toBe(false)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }),
    { numRuns: 150 },
  )
})
