import { defineCommand, lookAtServices, mustTell, plan, seenInside, serviceIn, serviceOfJail } from 'jailops'

export default defineCommand({
  path: 'jail service restart',
  summary: 'Restart a service in a jail',
  permission: 'jail.service.restart',
  risk: 'change',
  example: 'jail service restart blog nginx',
  needs: ['jails', 'proxy'],
  args: serviceOfJail,
  looks: ({ args, facts }) => lookAtServices(facts.runningJail(args.jail), [args.service]),
  plan({ args, facts, drivers }) {
    const { jail, state } = serviceIn(facts, args)
    mustTell(state, jail, args.service, 'restart')
    const sites = args.service === 'nginx' ? facts.routesTo(jail.name) : []
    const answer = sites.length > 0 && jail.address !== undefined ? drivers.site.awaitAnswer(jail.address) : []
    return plan([...drivers.inside.service(jail, args.service, 'restart', seenInside(facts)), ...answer], {
      resources: drivers.jails.resources(jail),
      remarks: sites.length > 0 ? [`Meanwhile these sites answer 503: ${sites.map((route) => route.host).join(', ')}.`] : [],
    })
  },
})
