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
  path: 'jail service enable',
  summary: 'Let a service start with its jail',
  permission: 'jail.service.enable',
  risk: 'change',
  example: 'jail service enable blog nginx',
  needs: ['jails'],
  args: serviceOfJail,
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    return { ...lookAtServices(jail, [args.service]), ...lookAtVariables(jail), ...lookWhetherEnabled(jail, args.service) }
  },
  plan({ args, facts, drivers }) {
    const { jail, state } = serviceIn(facts, args)
    if (facts.look('enabled').exitCode === 0) return nothingToDo(`${args.service} starts with ${jail.name} already.`)
    return plan(drivers.inside.service(jail, args.service, 'enable', seenInside(facts)), {
      resources: drivers.jails.resources(jail),
      remarks: state === 'stopped' ? [`It is not started now: /jail service start ${jail.name} ${args.service}`] : [],
    })
  },
})
