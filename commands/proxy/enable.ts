import { z } from 'zod'
import { defineCommand, isDrainedByRequest, placeOf, planSites, siteOf, sitePlace, withSettings } from 'jailops'
import type { SiteChange, SitePlanning, Target } from 'jailops'

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
      // of a request that could not take it back; where one still works on the jail, this waits for it
      last: () => drainedByRequests(context, change.after).flatMap(({ jail }) => context.drivers.proxy.ready(jail)),
    })
  },
})

function drainedByRequests({ facts }: Pick<SitePlanning, 'facts'>, site: SiteChange['after']): Target[] {
  if (site === null) return []
  const route = facts.route(site.host, site.path)
  return site.targets.filter((target) => target.weight > 0 && isDrainedByRequest(facts, route, target))
}

/** Where nobody answers any more; of several jails those that are drained on purpose stay so. */
function undrained(change: SiteChange): SiteChange {
  const { before, after } = change
  if (after === null || after.targets.some(({ weight }) => weight > 0)) return change
  return { before, after: { ...after, targets: after.targets.map((target) => ({ ...target, weight: 100 })) } }
}
