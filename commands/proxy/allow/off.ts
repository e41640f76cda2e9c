import { z } from 'zod'
import { defineCommand, planSites, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy allow off',
  summary: 'Let everybody in again',
  permission: 'proxy.allow.off',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy allow off blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site') }),
  plan(context) {
    const { site } = context.args
    return planSites(context, [withSettings(context, site, { allow: undefined })], {
      already: `Everybody may come to ${site} already.`,
      outcome: [{ name: 'May come', value: 'everybody' }],
    })
  },
})
