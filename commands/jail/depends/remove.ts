import { z } from 'zod'
import { defineCommand, jailName, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail depends remove',
  summary: 'Let a jail no longer need another one',
  permission: 'jail.depends.remove',
  risk: 'change',
  example: 'jail depends remove blog on:database',
  needs: ['jails'],
  names: { on: 'jail' },
  args: z.object({ jail: jailName.describe('which jail'), on: jailName.describe('the one it needs') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (!jail.depends.includes(args.on)) return nothingToDo(`${jail.name} does not need ${args.on}.`)
    const rest = jail.depends.filter((one) => one !== args.on)
    return plan(drivers.jails.depend(jail, rest), {
      resources: drivers.jails.resources(jail),
      outcome: [{ name: 'Starts after', value: rest.join(', ') || 'nobody' }],
    })
  },
})
