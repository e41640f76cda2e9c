import { z } from 'zod'
import { answeringRoute, defineCommand, JailopsError, planSites, redirectTarget, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy redirect',
  summary: 'Send all requests of a site to another address',
  permission: 'proxy.redirect',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy redirect blog.example.com to:https://www.example.com',
  needs: ['jails', 'proxy'],
  names: { to: 'new' },
  args: z.object({
    site: siteName.describe('which site'),
    to: redirectTarget.describe('https://…, or off'),
  }),
  plan(context) {
    const { site, to } = context.args
    const answering = to === 'off' ? undefined : answeringRoute(context.facts, { host: new URL(to).hostname })
    if (answering?.host === site)
      throw new JailopsError('bad_argument', `${site} would send everybody to itself. For https only: /proxy https only ${site}`)
    return planSites(context, [withSettings(context, site, { redirect: to === 'off' ? undefined : to })], {
      already: to === 'off' ? `${site} sends nobody elsewhere.` : `${site} goes to ${to} already.`,
      outcome: [{ name: 'Site', value: to === 'off' ? `${site} answers itself` : `${site} → ${to}, path and query as asked for` }],
    })
  },
})
