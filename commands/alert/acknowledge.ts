import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'alert acknowledge',
  summary: 'Say that you see to an alert',
  permission: 'alert.acknowledge',
  risk: 'bot',
  example: 'alert acknowledge a4k2m8pq',
  args: z.object({ alert: z.string().describe('its id, from the foot of its message') }),
  async answer({ args, acknowledge }) {
    const { title, host } = await acknowledge(args.alert)
    return { title: `Acknowledged: ${title}`, text: `Its message says so now. It goes on until ${host} says that it is over.` }
  },
})
