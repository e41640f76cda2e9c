import { z } from 'zod'
import { defineCommand, mustOwn, placeOf, planSites, sitePlace, sitesBelow, siteText } from 'jailops'

export default defineCommand({
  path: 'proxy remove',
  summary: 'Take a site away; the jail stays',
  permission: 'proxy.remove',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy remove blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({ site: sitePlace.describe('which site') }),
  plan(context) {
    const { args, facts } = context
    const place = placeOf(args.site)
    const route = facts.route(place.host, place.path)
    mustOwn(context, place.host)
    const gone = sitesBelow(facts, place)
    const below = gone.filter(({ path }) => path !== route.path).map(siteText)
    return planSites(
      context,
      gone.map((before) => ({ before, after: null })),
      {
        already: `${args.site} is not routed.`,
        outcome: [
          {
            name: 'Site',
            value:
              place.path === undefined ? `${args.site} answers 421 from now on` : `${args.site} goes where the rest of ${place.host} goes`,
          },
        ],
        remarks: below.length > 0 ? [`With it go: ${below.join(', ')}.`] : [],
      },
    )
  },
})
