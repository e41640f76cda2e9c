import { expect, it } from 'vitest'
import { createSecretReader } from '../../src/core/sealed-secret.ts'
import { execute } from '../../src/worker/executor.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { saidBy } from '../../src/worker/shown.ts'
import { applyBody, messageTo, otherDigest, planBody } from './story-bench.ts'
import { lifeOf, makeModelHost, modelEffects, planOf, requestA, temporaryFolder, temporaryJournals } from './worker-bench.ts'

it('what is for the asker alone is sealed to the key that the bot has by now', async () => {
  const [before, now] = [createSecretReader(), createSecretReader()]
  const journal = await (await temporaryJournals(temporaryFolder(), () => 1)).open(requestA)
  const asked = planBody({ execute: false, sealTo: before.publicKey })
  const approved = { ...applyBody(otherDigest), sealTo: now.publicKey }
  for (const [index, body] of [asked, approved].entries())
    await journal.append({ kind: 'message', hash: otherDigest, message: messageTo(requestA, index + 1, body) })
  const plan = planOf(['one'])
  const effects: typeof model = {
    ...model,
    begin: async () => ({
      before: null,
      perform: async ({ confide }) => confide?.('a word'),
      settled: async () => undefined,
      callOff: async () => undefined,
    }),
  }

  await execute(
    { effects, endGroup: async () => undefined, gate: createProxyGate() },
    { journal, plan, cancelled: () => undefined, stopping: () => false, progress: () => undefined },
  )

  const sealed = saidBy(journal, plan).sealed ?? ''
  expect(now.open(sealed, requestA)).toBe('a word')
  expect(() => before.open(sealed, requestA)).toThrow('cannot be opened')
  await journal.close()
})

const model = modelEffects(makeModelHost(), lifeOf(Number.POSITIVE_INFINITY))
