import { z } from 'zod'
import { defineCommand, jailName, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail stop',
  summary: 'Stop a jail; its sites answer 503 until it runs again',
  permission: 'jail.stop',
  risk: 'change',
  example: 'jail stop blog',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (jail.state === 'stopped') return nothingToDo(`${jail.name} is stopped already.`)
    const hosts = facts.routesTo(jail.name).map((route) => route.host)
    return plan(drivers.jails.stop(jail), {
      resources: drivers.jails.resources(jail),
      remarks: hosts.length > 0 ? [`Until it runs again these sites answer 503: ${hosts.join(', ')}.`] : [],
    })
  },
})
