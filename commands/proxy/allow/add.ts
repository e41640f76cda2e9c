import { z } from 'zod'
import { allowedSource, defineCommand, planSites, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy allow add',
  summary: 'Let an address, a /24 or a /16 in; all others get 403',
  permission: 'proxy.allow.add',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy allow add blog.example.com from:192.0.2.0/24',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site'), from: allowedSource.describe('address, /24 or /16') }),
  plan(context) {
    const { args, facts } = context
    const { site, from } = args
    const now = facts.proxy.settings[site]?.allow
    const allow = now?.includes(from) === true ? now : [...(now ?? []), from]
    return planSites(context, [withSettings(context, site, { allow })], {
      already: `${from} may come to ${site} already.`,
      outcome: [{ name: 'May come', value: allow.join(', ') }],
      remarks: now === undefined ? [`Until now everybody may come to ${site}; from then on only who is listed.`] : [],
    })
  },
})
