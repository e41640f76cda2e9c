import { z } from 'zod'
import { defineCommand, planSites, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy https off',
  summary: 'Take the certificate of a site away',
  permission: 'proxy.https.off',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy https off blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site') }),
  plan(context) {
    const { facts, drivers } = context
    const { site } = context.args
    const hsts = facts.proxy.settings[site]?.hsts
    return planSites(context, [withSettings(context, site, { https: undefined, hsts: undefined })], {
      already: `${site} has no certificate.`,
      outcome: [{ name: 'Site', value: `http://${site} alone` }],
      // nobody is sent to it any more when it goes
      last: () => drivers.certificates.remove(site),
      remarks:
        hsts === undefined || hsts === 0
          ? []
          : [`Browsers were told to come by https only, so those that have been here will not reach ${site} for up to ${hsts} seconds.`],
    })
  },
})
