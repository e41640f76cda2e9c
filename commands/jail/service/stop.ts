import { z } from 'zod'
import { defineCommand, jailName, JailopsError, lookAtServices, nothingToDo, plan, seenInside, serviceName, serviceState } from 'jailops'

export default defineCommand({
  path: 'jail service stop',
  summary: 'Stop a service in a jail',
  permission: 'jail.service.stop',
  risk: 'change',
  example: 'jail service stop blog nginx',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail'), service: serviceName.describe('such as nginx') }),
  looks: ({ args, facts }) => lookAtServices(facts.runningJail(args.jail), [args.service]),
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const state = serviceState(args.service, facts.look(`service ${args.service}`))
    if (state === 'stopped') return nothingToDo(`${args.service} does not run in ${jail.name}.`)
    if (state === 'silent') {
      throw new JailopsError(
        'not_supported_by_driver',
        `${args.service} cannot say whether it runs, so nobody could see what came of it. Use /jail exec ${jail.name} command:"service ${args.service} stop"`,
      )
    }
    const sites = args.service === 'nginx' ? facts.routesTo(jail.name) : []
    return plan(drivers.inside.service(jail, args.service, 'stop', seenInside(facts)), {
      resources: drivers.jails.resources(jail),
      remarks: sites.length > 0 ? [`Until it runs again these sites answer 503: ${sites.map((route) => route.host).join(', ')}.`] : [],
    })
  },
})
