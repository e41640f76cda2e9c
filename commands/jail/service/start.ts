import { z } from 'zod'
import { defineCommand, jailName, JailopsError, lookAtServices, nothingToDo, plan, seenInside, serviceName, serviceState } from 'jailops'

export default defineCommand({
  path: 'jail service start',
  summary: 'Start a service in a jail',
  permission: 'jail.service.start',
  risk: 'change',
  example: 'jail service start blog nginx',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail'), service: serviceName.describe('such as nginx') }),
  looks: ({ args, facts }) => lookAtServices(facts.runningJail(args.jail), [args.service]),
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const state = serviceState(args.service, facts.look(`service ${args.service}`))
    if (state === 'running') return nothingToDo(`${args.service} runs in ${jail.name} already.`)
    if (state === 'silent') {
      throw new JailopsError(
        'not_supported_by_driver',
        `${args.service} cannot say whether it runs, so nobody could see what came of it. Use /jail exec ${jail.name} command:"service ${args.service} start"`,
      )
    }
    const hasSites = args.service === 'nginx' && facts.routesTo(jail.name).length > 0
    const answer = hasSites && jail.address !== undefined ? drivers.site.awaitAnswer(jail.address) : []
    return plan([...drivers.inside.service(jail, args.service, 'start', seenInside(facts)), ...answer], {
      resources: drivers.jails.resources(jail),
    })
  },
})
