import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, startDemo } from '../support/demo.ts'
import { killCampaign } from './kill-campaign.ts'

const kills = Number(process.env['JAILOPS_KILLS'] ?? 50)
let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
}, 60_000)
afterAll(() => demo.stop(), 60_000)

it(`survives ${kills} kills of worker, bot and Redis`, async () => {
  const verdict = await killCampaign(demo, kills)
  const { lost, doubled, stuck, misreported, leftBehind } = verdict
  process.stdout.write(
    `kills ${JSON.stringify(verdict.kills)}, ${verdict.requests} requests ${JSON.stringify(verdict.ends)}: ` +
      `lost ${lost.length}, doubled ${doubled.length}, stuck ${stuck.length}, misreported ${misreported.length}, left behind ${leftBehind.length}\n`,
  )
  expect({ lost, doubled, stuck, misreported, leftBehind }).toEqual({ lost: [], doubled: [], stuck: [], misreported: [], leftBehind: [] })
})
