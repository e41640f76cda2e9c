import { z } from 'zod'
import { defineCommand, planSites, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy limit',
  summary: 'How many requests a client may make in 10 s',
  permission: 'proxy.limit',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy limit blog.example.com requests:100',
  needs: ['jails', 'proxy'],
  args: z.object({
    site: siteName.describe('which site'),
    requests: z
      .string()
      .regex(/^(off|[1-9][0-9]{0,5})$/, 'write a number from 1 to 999999, or off')
      .describe('a number, or off'),
  }),
  plan(context) {
    const { site, requests } = context.args
    const limit = requests === 'off' ? undefined : Number(requests)
    return planSites(context, [withSettings(context, site, { limit })], {
      already: limit === undefined ? `${site} has no limit.` : `${site} has that limit already.`,
      outcome: [
        {
          name: 'Limit',
          value: limit === undefined ? 'none' : `${limit} requests of one client in 10 seconds; whoever makes more gets 429`,
        },
      ],
    })
  },
})
