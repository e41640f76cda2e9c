import { z } from 'zod'
import { defineCommand, spanOf } from 'jailops'

export default defineCommand({
  path: 'proxy watch start',
  summary: 'Keep a live /proxy status in this channel',
  permission: 'proxy.watch.start',
  risk: 'bot',
  takesHost: true,
  example: 'proxy watch start every:30s',
  args: z.object({
    every: spanOf({ least: '10s', most: '60s', unit: 's' }).prefault('30s').describe('how often, from 10s to 60s'),
  }),
  async answer({ args, watch, showTime }) {
    const { host, everySeconds, endsAt, isMoved } = await watch(args.every)
    return {
      title: `A live board of ${host} is in this channel`,
      text: [
        `Its message is edited every ${everySeconds} s until ${showTime(endsAt)}; /proxy watch stop ends it before.`,
        ...(isMoved ? ['The one that was here before shows no more.'] : []),
      ].join('\n'),
    }
  },
})
