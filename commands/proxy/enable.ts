import { z } from 'zod'
import { defineCommand, placeOf, planSites, siteOf, sitePlace, withSettings } from 'jailops'
import type { SiteChange } from 'jailops'

export default defineCommand({
  path: 'proxy enable',
  summary: 'End the maintenance, or the drain, of a site',
  permission: 'proxy.enable',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy enable blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({ site: sitePlace.describe('which site') }),
  plan(context) {
    const { args, facts } = context
    const { host, path } = placeOf(args.site)
    const whole = withSettings(context, host, { maintenance: undefined })
    // a path has no page of its own, and can be drained by itself
    const route = path === undefined ? undefined : siteOf(facts, facts.route(host, path))
    const change = undrained(route === undefined ? whole : { before: route, after: route })
    const others = (change.after?.targets ?? []).filter(({ weight }) => weight === 0).map(({ jail }) => jail)
    return planSites(context, [change], {
      already: `${args.site} is open already.${others.length > 0 ? ` Drained behind it: ${others.join(', ')}. Bring back: /proxy weight ${args.site} jail:${others[0] ?? ''}` : ''}`,
      outcome: [{ name: 'Site', value: `${args.site} answers again` }],
    })
  },
})

/** Where nobody answers any more; of several jails those that are drained on purpose stay so. */
function undrained(change: SiteChange): SiteChange {
  const { before, after } = change
  if (after === null || after.targets.some(({ weight }) => weight > 0)) return change
  return { before, after: { ...after, targets: after.targets.map((target) => ({ ...target, weight: 100 })) } }
}
