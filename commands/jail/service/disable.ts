import { z } from 'zod'
import { defineCommand, jailName, lookAtServices, lookAtVariables, nothingToDo, plan, seenInside, serviceName, serviceState } from 'jailops'

export default defineCommand({
  path: 'jail service disable',
  summary: 'Let a service no longer start with its jail',
  permission: 'jail.service.disable',
  risk: 'change',
  example: 'jail service disable blog nginx',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), service: serviceName.describe('such as nginx') }),
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    const enabled = { argv: ['service', '-j', jail.kernelName, args.service, 'enabled'] }
    return { ...lookAtServices(jail, [args.service]), ...lookAtVariables(jail), enabled }
  },
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const state = serviceState(args.service, facts.look(`service ${args.service}`))
    if (facts.look('enabled').exitCode !== 0) return nothingToDo(`${args.service} does not start with ${jail.name} anyway.`)
    return plan(drivers.inside.service(jail, args.service, 'disable', seenInside(facts)), {
      resources: drivers.jails.resources(jail),
      remarks: state === 'running' ? [`It runs on until it is stopped: /jail service stop ${jail.name} ${args.service}`] : [],
    })
  },
})
