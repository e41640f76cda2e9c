import { z } from 'zod'
import { defineCommand, JailopsError, plan, resourcesOf, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy https renew',
  summary: 'Get the next certificate for a site now',
  permission: 'proxy.https.renew',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy https renew blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site') }),
  plan(context) {
    const { facts, drivers } = context
    const { site } = context.args
    const unchanged = withSettings(context, site, {})
    // first, for a front that cannot do it says so here
    const steps = drivers.certificates.order(site)
    const certificate = drivers.certificates.of(site)
    if (certificate === undefined) {
      throw new JailopsError('unknown_certificate', `${site} has no certificate yet. Get one: /proxy https on ${site}`)
    }
    if (!certificate.isRenewed) {
      throw new JailopsError(
        'unknown_certificate',
        `The certificate of ${site} was uploaded, so whoever got it renews it: /proxy https upload ${site}; or get one that is renewed by itself: /proxy https on ${site}`,
      )
    }
    const { host } = new URL(facts.layout.acme.directory)
    return plan(steps, {
      resources: resourcesOf(drivers, [unchanged]),
      outcome: [{ name: 'Site', value: `https://${site}, by a new certificate of ${host}` }],
      remarks: [`The one that is shown now ends on ${new Date(certificate.expiresAt).toISOString().slice(0, 10)}.`],
    })
  },
})
