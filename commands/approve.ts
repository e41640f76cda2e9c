import { z } from 'zod'
import { defineCommand, requestId } from 'jailops'

export default defineCommand({
  path: 'approve',
  summary: 'Say yes to the plan of a request',
  permission: 'request.approve',
  risk: 'bot',
  example: 'approve r4k2m8…',
  args: z.object({ request: requestId.describe('its id, from the foot of its card') }),
  async answer({ args, vote }) {
    const request = await vote(args.request, 'yes')
    return { title: `Approved: ${request.command}`, text: 'Its card shows how it goes on.' }
  },
})
