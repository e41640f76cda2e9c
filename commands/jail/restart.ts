import { z } from 'zod'
import { defineCommand, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail restart',
  summary: 'Stop a jail and start it again',
  permission: 'jail.restart',
  risk: 'change',
  example: 'jail restart blog',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    const routes = facts.routesTo(jail.name)
    return plan(
      [
        ...(jail.state === 'running' ? drivers.jails.stop(jail) : []),
        ...drivers.jails.start(jail),
        ...(routes.length > 0 && jail.address !== undefined ? drivers.site.awaitAnswer(jail.address) : []),
      ],
      {
        resources: drivers.jails.resources(jail),
        remarks: routes.length > 0 ? [`Meanwhile these sites answer 503: ${routes.map((route) => route.host).join(', ')}.`] : [],
      },
    )
  },
})
