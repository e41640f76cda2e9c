import { z } from 'zod'
import { defineCommand, jailName, lookAtVariables, nothingToDo, plan, rcVariable, redactValue, seenInside } from 'jailops'

export default defineCommand({
  path: 'jail sysrc unset',
  summary: "Take a variable out of a jail's rc.conf",
  permission: 'jail.sysrc.unset',
  risk: 'change',
  example: 'jail sysrc unset blog nginx_flags',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), variable: rcVariable.describe('such as nginx_flags') }),
  looks: ({ args, facts }) => lookAtVariables(facts.runningJail(args.jail)),
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const seen = seenInside(facts)
    const before = seen.variables.get(args.variable)
    if (before === undefined) return nothingToDo(`rc.conf of ${jail.name} does not set ${args.variable}.`)
    return plan(drivers.inside.sysrc(jail, args.variable, undefined, seen), {
      resources: drivers.jails.resources(jail),
      remarks: [`Now it is ${redactValue(args.variable, before) || 'empty'}.`],
    })
  },
})
