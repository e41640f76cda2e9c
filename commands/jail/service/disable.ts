import {
  defineCommand,
  lookAtServices,
  lookAtVariables,
  lookWhetherEnabled,
  nothingToDo,
  plan,
  seenInside,
  serviceIn,
  serviceOfJail,
} from 'jailops'

export default defineCommand({
  path: 'jail service disable',
  summary: 'Let a service no longer start with its jail',
  permission: 'jail.service.disable',
  risk: 'change',
  example: 'jail service disable blog nginx',
  needs: ['jails'],
  args: serviceOfJail,
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    return { ...lookAtServices(jail, [args.service]), ...lookAtVariables(jail), ...lookWhetherEnabled(jail, args.service) }
  },
  plan({ args, facts, drivers }) {
    const { jail, state } = serviceIn(facts, args)
    if (facts.look('enabled').exitCode !== 0) return nothingToDo(`${args.service} does not start with ${jail.name} anyway.`)
    return plan(drivers.inside.service(jail, args.service, 'disable', seenInside(facts)), {
      resources: drivers.jails.resources(jail),
      remarks: state === 'running' ? [`It runs on until it is stopped: /jail service stop ${jail.name} ${args.service}`] : [],
    })
  },
})
