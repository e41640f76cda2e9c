import { defineCommand, lookAtServices, mustTell, nothingToDo, plan, seenInside, serviceIn, serviceOfJail } from 'jailops'

export default defineCommand({
  path: 'jail service stop',
  summary: 'Stop a service in a jail',
  permission: 'jail.service.stop',
  risk: 'change',
  example: 'jail service stop blog nginx',
  needs: ['jails', 'proxy'],
  args: serviceOfJail,
  looks: ({ args, facts }) => lookAtServices(facts.runningJail(args.jail), [args.service]),
  plan({ args, facts, drivers }) {
    const { jail, state } = serviceIn(facts, args)
    if (state === 'stopped') return nothingToDo(`${args.service} does not run in ${jail.name}.`)
    mustTell(state, jail, args.service, 'stop')
    const sites = args.service === 'nginx' ? facts.routesTo(jail.name) : []
    return plan(drivers.inside.service(jail, args.service, 'stop', seenInside(facts)), {
      resources: drivers.jails.resources(jail),
      remarks: sites.length > 0 ? [`Until it runs again these sites answer 503: ${sites.map((route) => route.host).join(', ')}.`] : [],
    })
  },
})
