import { z } from 'zod'
import { defineCommand, planSites, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy disable',
  summary: 'Show a maintenance page instead of a site',
  permission: 'proxy.disable',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy disable blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site') }),
  plan(context) {
    const { site } = context.args
    return planSites(context, [withSettings(context, site, { maintenance: true })], {
      already: `${site} shows its maintenance page already.`,
      outcome: [{ name: 'Site', value: `${site} answers 503 with a page that says so; /proxy enable ${site} ends that` }],
    })
  },
})
