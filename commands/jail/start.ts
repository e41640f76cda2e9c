import { z } from 'zod'
import { defineCommand, jailName, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail start',
  summary: 'Start a jail and wait until its sites answer',
  permission: 'jail.start',
  risk: 'change',
  example: 'jail start blog',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (jail.state === 'running') return nothingToDo(`${jail.name} is running already.`)
    const routes = facts.routesTo(jail.name)
    return plan(
      [...drivers.jails.start(jail), ...(routes.length > 0 && jail.address !== undefined ? drivers.site.awaitAnswer(jail.address) : [])],
      {
        resources: drivers.jails.resources(jail),
        outcome: [{ name: 'Address', value: jail.address ?? 'none' }],
      },
    )
  },
})
