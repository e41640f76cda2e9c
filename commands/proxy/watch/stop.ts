import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'proxy watch stop',
  summary: 'End the live /proxy status of this channel',
  permission: 'proxy.watch.stop',
  risk: 'bot',
  takesHost: true,
  args: z.object({}),
  async answer({ unwatch }) {
    const hosts = await unwatch()
    return { title: `The live board of ${hosts.join(', ')} has ended` }
  },
})
