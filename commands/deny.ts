import { z } from 'zod'
import { defineCommand, requestId } from 'jailops'

export default defineCommand({
  path: 'deny',
  summary: 'Say no to the plan of a request',
  permission: 'request.approve',
  risk: 'bot',
  example: 'deny r4k2m8…',
  args: z.object({ request: requestId.describe('its id, from the foot of its card') }),
  async answer({ args, vote }) {
    const request = await vote(args.request, 'no')
    return { title: `Denied: ${request.command}`, text: 'Its card shows how it goes on.' }
  },
})
