import { expect, it } from 'vitest'
import { startBot, startGuild } from './trial.ts'

it('answers 2,000 commands in a row and remembers no more than it may', async () => {
  const kept = { keptMessagesPerChannel: 100, keptCalls: 300, keptInteractions: 100 }
  const { server, alice, ops } = await startGuild({ limits: kept })
  await startBot(server, async (interaction) => {
    if (!interaction.isChatInputCommand()) return
    // Nothing but the callback: of all else discord.js itself sends 50 a second at most.
    await interaction.reply(`made ${interaction.options.getString('name')}`)
  })
  const person = server.as(alice)
  const durations: number[] = []
  for (let sent = 0; sent < 2000; sent += 1) {
    const { respondedInMs } = await person.slash('jail create', { name: `web${sent}` }, { channel: ops })
    durations.push(respondedInMs ?? Infinity)
  }
  expect(server.seenBy(alice).at(-1)?.content).toBe('made web1999')

  expect(Math.max(...durations)).toBeLessThan(3000)
  expect(server.seenBy(alice)).toHaveLength(100)
  expect(server.calls()).toHaveLength(300)
  expect(server.snapshot().messages).toHaveLength(100)
})
