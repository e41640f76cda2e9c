import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import hostCheck from '../../../commands/host/check.ts'
import { factsOf } from '../../../src/core/host.ts'
import { checkHost } from '../../../src/host/check/check-host.ts'
import { observe } from '../../../src/host/facts/observe.ts'
import { createLocalShell } from '../../../src/host/shell-local.ts'
import type { Shell } from '../../../src/host/shell.ts'
import { type Lab, startLab } from '../../../src/lab/lab.ts'

/* The lab refuses loudly what it does not imitate: that must be said as not known, and as nothing else. */

let folder: string
let lab: Lab
let shell: Shell

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-check-'))
  lab = await startLab({ folder })
  shell = createLocalShell(lab.layout)
})

afterAll(async () => {
  await shell?.stop()
  await lab?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('the lab lacks nothing that jailops needs there', async () => {
  const findings = await checkHost({ shell, layout: lab.layout, now: Date.now, redisTime: async () => Date.now() })
  expect(findings.filter(({ state }) => state === 'lacks')).toEqual([])
  const refused = findings.filter(({ state }) => state === 'unknown')
  expect(refused.map(({ subject }) => subject)).toEqual(['firewall'])
  expect(refused.every(({ says }) => says.includes('is not imitated here'))).toBe(true)
})

test('/host check answers from the fact', async () => {
  const observed = await observe({ shell, layout: lab.layout, redisTime: async () => Date.now() }, ['check'], { others: [], here: [] })
  if (hostCheck.risk !== 'read') throw new Error('it must not change anything')
  const answer = hostCheck.query({ args: {}, facts: factsOf(lab.layout, observed) })
  expect(answer).toMatchObject({
    title: 'Nothing is known to be lacking; one subject could not be looked at',
    table: { columns: ['subject', 'state', 'what'] },
  })
  expect(answer.table?.rows.length).toBe(observed.check?.length)
  expect(answer.table?.rows.at(-1)?.[1]).toBe('good')
})
