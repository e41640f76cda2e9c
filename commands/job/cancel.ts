import { z } from 'zod'
import { defineCommand, requestId } from 'jailops'

export default defineCommand({
  path: 'job cancel',
  summary: 'Take a request back; one that runs is undone',
  permission: 'job.cancel',
  risk: 'bot',
  example: 'job cancel r4k2m8…',
  args: z.object({ request: requestId.describe('its id, from the foot of its card') }),
  async answer({ args, cancel }) {
    const request = await cancel(args.request)
    return { title: `Cancelling ${request.command}`, text: 'Its card shows how it ends.' }
  },
})
