import { z } from 'zod'
import { defineCommand, spanOf } from 'jailops'

export default defineCommand({
  path: 'alert silence',
  summary: 'Leave the message of an alert as it is for a while',
  permission: 'alert.silence',
  risk: 'bot',
  example: 'alert silence a4k2m8pq for:1h',
  args: z.object({
    alert: z.string().describe('its id, from the foot of its message'),
    for: spanOf({ least: '1m', most: '7d', unit: 'm' }).prefault('1h').describe('how long, such as 30m or 2h'),
  }),
  async answer({ args, silence, showTime }) {
    const { title, silence: kept } = await silence(args.alert, args.for * 1000)
    return {
      title: `Silenced: ${title}`,
      text: `Its message stays as it is until ${showTime(kept?.until ?? 0)}, whatever happens, and then says how it stands.`,
    }
  },
})
