import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, startDemo } from '../support/demo.ts'
import { killCampaign, nothingWrong, renderVerdict } from './kill-campaign.ts'

const kills = Number(process.env['JAILOPS_KILLS'] ?? 50)
let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
}, 60_000)
afterAll(() => demo.stop(), 60_000)

it(`survives ${kills} kills of worker, bot and Redis`, async () => {
  const { hostFolder, stateDir, get } = demo
  const verdict = await killCampaign({ demo, host: 'demo', hostFolder, journals: join(stateDir, 'worker/journal'), get }, kills)
  process.stdout.write(renderVerdict(verdict))
  expect(verdict).toMatchObject(nothingWrong)
})
