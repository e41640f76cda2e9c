import { z } from 'zod'
import { defineCommand, jailName, JailopsError, lookAtServices, plan, seenInside, serviceName, serviceState } from 'jailops'

export default defineCommand({
  path: 'jail service restart',
  summary: 'Restart a service in a jail',
  permission: 'jail.service.restart',
  risk: 'change',
  example: 'jail service restart blog nginx',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail'), service: serviceName.describe('such as nginx') }),
  looks: ({ args, facts }) => lookAtServices(facts.runningJail(args.jail), [args.service]),
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const state = serviceState(args.service, facts.look(`service ${args.service}`))
    if (state === 'silent') {
      throw new JailopsError(
        'not_supported_by_driver',
        `${args.service} cannot say whether it runs, so nobody could see what came of it. Use /jail exec ${jail.name} command:"service ${args.service} restart"`,
      )
    }
    const sites = args.service === 'nginx' ? facts.routesTo(jail.name) : []
    const answer = sites.length > 0 && jail.address !== undefined ? drivers.site.awaitAnswer(jail.address) : []
    return plan([...drivers.inside.service(jail, args.service, 'restart', seenInside(facts)), ...answer], {
      resources: drivers.jails.resources(jail),
      remarks: sites.length > 0 ? [`Meanwhile these sites answer 503: ${sites.map((route) => route.host).join(', ')}.`] : [],
    })
  },
})
