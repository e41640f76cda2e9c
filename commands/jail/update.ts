import { z } from 'zod'
import { baseLooks, baseRemarks, defineCommand, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail update',
  summary: "Bring a jail's base to its newest patch level",
  permission: 'jail.update',
  risk: 'change',
  example: 'jail update blog',
  needs: ['jails', 'proxy', 'releases', 'snapshots'],
  args: z.object({ jail: jailName.describe('which jail') }),
  looks: ({ args, facts }) => baseLooks(facts.ownJail(args.jail)),
  plan({ args, facts, drivers, request }) {
    const jail = facts.ownJail(args.jail)
    const runs = jail.state === 'running'
    const routes = facts.routesTo(jail.name)
    return plan(
      [
        ...drivers.snapshots.around(jail, `jailops-before-update-${request}`, drivers.jails.update(jail, request)),
        ...(runs && routes.length > 0 && jail.address !== undefined ? drivers.site.awaitAnswer(jail.address) : []),
      ],
      {
        resources: drivers.jails.resources(jail),
        remarks: [...baseRemarks(jail, facts), `What runs in it goes on as it is until /jail restart ${jail.name}.`],
      },
    )
  },
})
