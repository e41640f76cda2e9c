import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Chats, chatConfig, startChats, writeConfig } from '../support/chats.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { temporaryFolder } from '../support/house.ts'
import { chatCampaign, writeCommands } from './chat-campaign.ts'

const commands = Number(process.env['JAILOPS_CHAT_COMMANDS'] ?? 1000)
const perSecond = 50
let chats: Chats
let demo: Demo

beforeAll(async () => {
  chats = await startChats({ channels: 100 })
  const folder = temporaryFolder()
  const { policy, ...config } = chatConfig(chats)
  const roles = { ...policy.roles, operator: { ...policy.roles.operator, permissions: ['note.*'] } }
  const approvals = [{ permissions: ['note.write'], count: 0 }]
  const file = writeConfig(folder, { ...config, policy: { ...policy, roles, approvals }, commands: [writeCommands(`${folder}/commands`)] })
  demo = await startDemo({ args: ['--config', file] })
}, 60_000)
afterAll(async () => {
  await demo?.stop()
  await chats?.stop()
}, 60_000)

it(`${commands} commands at ${perSecond} a second over both platforms, while they misbehave`, async () => {
  const { unacknowledged, lost, doubled, untrue, ...went } = await chatCampaign(chats, demo.stateDir, { commands, perSecond })
  process.stdout.write(
    `${JSON.stringify(went)}: unacknowledged ${unacknowledged.length}, lost ${lost.length}, doubled ${doubled.length}, untrue ${untrue.length}\n`,
  )
  expect({ unacknowledged, lost, doubled, untrue }).toEqual({ unacknowledged: [], lost: [], doubled: [], untrue: [] })
})
