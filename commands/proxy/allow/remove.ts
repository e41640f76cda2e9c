import { z } from 'zod'
import { allowedSource, defineCommand, JailopsError, planSites, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy allow remove',
  summary: 'Let an address or network in no more',
  permission: 'proxy.allow.remove',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy allow remove blog.example.com from:192.0.2.0/24',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site'), from: allowedSource.describe('as it was added') }),
  plan(context) {
    const { args, facts } = context
    const { site, from } = args
    facts.route(site)
    const now = facts.proxy.settings[site]?.allow ?? []
    if (!now.includes(from))
      throw new JailopsError(
        'nothing_to_do',
        `${from} is not on the list of ${site}. On it: ${now.join(', ') || 'nobody, so everybody may come'}.`,
      )
    const allow = now.filter((one) => one !== from)
    if (allow.length === 0)
      throw new JailopsError('bad_argument', `Without ${from} nobody could come to ${site}. To let everybody in: /proxy allow off ${site}`)
    return planSites(context, [withSettings(context, site, { allow })], {
      already: `${from} may not come.`,
      outcome: [{ name: 'May come', value: allow.join(', ') }],
    })
  },
})
