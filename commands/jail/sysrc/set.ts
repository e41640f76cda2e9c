import { z } from 'zod'
import { defineCommand, jailName, lookAtVariables, nothingToDo, plan, rcValue, rcVariable, redactValue, seenInside } from 'jailops'

export default defineCommand({
  path: 'jail sysrc set',
  summary: "Set a variable of a jail's rc.conf",
  permission: 'jail.sysrc.set',
  risk: 'change',
  example: 'jail sysrc set blog nginx_enable YES',
  needs: ['jails'],
  args: z.object({
    jail: jailName.describe('which jail'),
    variable: rcVariable.describe('such as nginx_enable'),
    value: rcValue.describe('such as YES'),
  }),
  looks: ({ args, facts }) => lookAtVariables(facts.runningJail(args.jail)),
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const seen = seenInside(facts)
    const before = seen.variables.get(args.variable)
    if (before === args.value) return nothingToDo(`${args.variable} is ${args.value || 'empty'} in ${jail.name} already.`)
    return plan(drivers.inside.sysrc(jail, args.variable, args.value, seen), {
      resources: drivers.jails.resources(jail),
      remarks: [before === undefined ? 'rc.conf does not set it yet.' : `Now it is ${redactValue(args.variable, before) || 'empty'}.`],
    })
  },
})
