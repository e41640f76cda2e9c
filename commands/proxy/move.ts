import { z } from 'zod'
import { appPort, defineCommand, jailName, mustOwn, placeOf, planSites, siteOf, sitePlace, targetsText } from 'jailops'

export default defineCommand({
  path: 'proxy move',
  summary: 'Let another jail answer for a site, at one moment',
  permission: 'proxy.move',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy move blog.example.com to:blog2',
  needs: ['jails', 'proxy'],
  names: { to: 'jail' },
  args: z.object({
    site: sitePlace.describe('which site'),
    to: jailName.describe('the jail'),
    port: appPort.optional().describe('of an app'),
  }),
  plan(context) {
    const { args, facts } = context
    const place = placeOf(args.site)
    const before = siteOf(facts, facts.route(place.host, place.path))
    mustOwn(context, place.host)
    const targets = [{ jail: args.to, ...(args.port !== undefined && { port: args.port }), weight: 100 }]
    return planSites(context, [{ before, after: { ...before, targets } }], {
      already: `${args.site} goes to ${targetsText(targets)} already.`,
      outcome: [{ name: 'Site', value: `${args.site}: ${targetsText(before.targets) || 'nobody'} → ${targetsText(targets)}` }],
    })
  },
})
