import { defineCommand, lookAtServices, mustTell, nothingToDo, plan, seenInside, serviceIn, serviceOfJail } from 'jailops'

export default defineCommand({
  path: 'jail service start',
  summary: 'Start a service in a jail',
  permission: 'jail.service.start',
  risk: 'change',
  example: 'jail service start blog nginx',
  needs: ['jails', 'proxy'],
  args: serviceOfJail,
  looks: ({ args, facts }) => lookAtServices(facts.runningJail(args.jail), [args.service]),
  plan({ args, facts, drivers }) {
    const { jail, state } = serviceIn(facts, args)
    if (state === 'running') return nothingToDo(`${args.service} runs in ${jail.name} already.`)
    mustTell(state, jail, args.service, 'start')
    const hasSites = args.service === 'nginx' && facts.routesTo(jail.name).length > 0
    const answer = hasSites && jail.address !== undefined ? drivers.site.awaitAnswer(jail.address) : []
    return plan([...drivers.inside.service(jail, args.service, 'start', seenInside(facts)), ...answer], {
      resources: drivers.jails.resources(jail),
    })
  },
})
