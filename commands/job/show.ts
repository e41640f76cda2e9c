import { z } from 'zod'
import { defineCommand, requestId } from 'jailops'

export default defineCommand({
  path: 'job show',
  summary: 'The card of one request, as it stands now',
  permission: 'job.show',
  risk: 'bot',
  example: 'job show r4k2m8…',
  args: z.object({ request: requestId.describe('its id, from the foot of its card') }),
  async answer({ args, card }) {
    const about = await card(args.request)
    return { title: about.title, about }
  },
})
