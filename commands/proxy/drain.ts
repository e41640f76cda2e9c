import { z } from 'zod'
import { defineCommand, jailName, JailopsError, mustOwn, placeOf, planSites, siteOf, sitePlace, siteText } from 'jailops'

export default defineCommand({
  path: 'proxy drain',
  summary: 'Send a jail no new requests, until it is brought back',
  permission: 'proxy.drain',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy drain blog2 site:blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({
    jail: jailName.describe('which jail'),
    site: sitePlace.optional().describe('for this site only'),
    seconds: z.int().min(0).max(600).default(60).describe('how long to wait for sessions'),
  }),
  plan(context) {
    const { args, facts, drivers } = context
    const { jail, site } = args
    const routes = site === undefined ? facts.routesTo(jail) : [onlyRoute(facts.route(placeOf(site).host, placeOf(site).path), jail)]
    if (routes.length === 0) throw new JailopsError('unknown_route', `No site of this host goes to ${jail}. See /proxy list.`)
    const sharing =
      site === undefined ? undefined : facts.proxy.routes.find((one) => one.backend === routes[0]?.backend && siteText(one) !== site)
    if (sharing !== undefined)
      throw new JailopsError(
        'not_supported_by_driver',
        `${jail} answers for ${siteText(sharing)} in the same way. Drain it for all of its sites: /proxy drain ${jail}; or close the one: /proxy disable ${site ?? ''}`,
      )
    for (const { host } of routes) mustOwn(context, host)
    const changes = routes.map((route) => {
      const before = siteOf(facts, route)
      return { before, after: { ...before, targets: before.targets.map((one) => (one.jail === jail ? { ...one, weight: 0 } : one)) } }
    })
    const closed = changes.filter(({ after }) => after.targets.every(({ weight }) => weight === 0)).map(({ after }) => siteText(after))
    const isAll = changes.every(({ before }) => before.targets.every((one) => one.jail !== jail || one.weight === 0))
    return planSites(context, changes, {
      already: `${jail} is drained already. Bring back: /proxy enable SITE, or /proxy weight SITE jail:${jail}`,
      last: () => (isAll || site !== undefined ? [] : drivers.proxy.drain(jail, args.seconds)),
      outcome: [{ name: 'Drained', value: `${jail}, for ${routes.map(siteText).join(', ')}` }],
      remarks: [
        ...(closed.length > 0 ? [`Nobody else answers for ${closed.join(', ')}: 503 until /proxy enable SITE.`] : []),
        'It stays so also after a restart of the proxy.',
      ],
    })
  },
})

type Route = Parameters<typeof siteText>[0] & { targets: { jail: string }[]; backend: string }

function onlyRoute<One extends Route>(route: One, jail: string): One {
  if (route.targets.some((one) => one.jail === jail)) return route
  throw new JailopsError('unknown_route', `${siteText(route)} does not go to ${jail}. See /proxy show ${siteText(route)}.`)
}
