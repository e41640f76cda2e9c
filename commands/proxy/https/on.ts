import { z } from 'zod'
import { defineCommand, JailopsError, nothingToDo, plan, resourcesOf, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy https on',
  summary: 'Get a certificate for a site, renewed by itself',
  permission: 'proxy.https.on',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy https on blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site') }),
  plan(context) {
    const { facts, drivers } = context
    const { site } = context.args
    const https = facts.proxy.settings[site]?.https
    const change = withSettings(context, site, { https: https ?? 'also' })
    if (site.startsWith('*.')) {
      throw new JailopsError(
        'not_supported_by_driver',
        `An authority gives out ${site} only to who can change its DNS, which jailops cannot. Upload a certificate: /proxy https upload ${site}`,
      )
    }
    if (https !== undefined && drivers.certificates.of(site)?.isRenewed === true) {
      return nothingToDo(`${site} has one, which is renewed by itself. To have another one now: /proxy https renew ${site}`)
    }
    const { directory } = facts.layout.acme
    return plan(
      [
        ...drivers.proxy.prepare(),
        ...drivers.certificates.order(site),
        ...(https === undefined ? drivers.proxy.set(site, { https: 'also' }) : []),
      ],
      {
        resources: resourcesOf(drivers, [change]),
        ...(https === undefined && { sites: [change] }),
        outcome: [{ name: 'Site', value: `https://${site}, by a certificate of ${new URL(directory).host}` }],
        remarks: [
          `${new URL(directory).host} will connect to port 80 of ${site}: the name must lead to this host before.`,
          `By asking for it you agree to the authority's terms. What it gives out is public: ${site} can be read in its logs.`,
          ...(https === 'only' ? [] : [`To send everybody to https: /proxy https only ${site}`]),
        ],
      },
    )
  },
})
