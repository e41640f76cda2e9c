import { z } from 'zod'
import { defineCommand, JailopsError, planSites, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy https only',
  summary: 'Send whoever comes by http to https',
  permission: 'proxy.https.only',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy https only blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({
    site: siteName.describe('which site'),
    set: z.enum(['on', 'off']).default('on').describe('on, or off: http is answered, too'),
  }),
  plan(context) {
    const { drivers, facts } = context
    const { site, set } = context.args
    // first, for a front that cannot do it says so here
    const last = set === 'on' ? drivers.certificates.awaitRedirect(site) : []
    const isCertified = drivers.certificates.of(site) !== undefined
    const change = withSettings(context, site, { https: set === 'on' ? 'only' : isCertified ? 'also' : undefined })
    if (set === 'on' && !isCertified) {
      throw new JailopsError(
        'unknown_certificate',
        `${site} has no certificate, so nobody could come by https. Get one: /proxy https on ${site}`,
      )
    }
    const isSo = facts.proxy.settings[site]?.https === change.after?.settings.https
    return planSites(context, [change], {
      already: set === 'on' ? `${site} sends everybody to https already.` : `${site} answers by http already.`,
      outcome: [{ name: 'Site', value: set === 'on' ? `http://${site} leads to https://${site} (308)` : `http://${site} answers, too` }],
      ...(!isSo && { last: () => last }),
    })
  },
})
