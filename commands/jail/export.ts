import { z } from 'zod'
import { defineCommand, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail export',
  summary: 'Pack a jail into an archive',
  permission: 'jail.export',
  risk: 'change',
  example: 'jail export blog',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan({ args, facts, drivers, request }) {
    const jail = facts.ownJail(args.jail)
    const runs = jail.state === 'running'
    const routes = facts.routesTo(jail.name)
    return plan(
      [
        ...(runs ? drivers.jails.stop(jail) : []),
        ...drivers.archives.write(jail, request),
        ...(runs ? drivers.jails.start(jail) : []),
        ...(runs && routes.length > 0 && jail.address !== undefined ? drivers.site.awaitAnswer(jail.address) : []),
      ],
      {
        resources: drivers.jails.resources(jail),
        outcome: [
          { name: 'Archive', value: `${facts.layout.archives}/${jail.name}-${request}.txz` },
          { name: 'Back by', value: `/jail import ${jail.name}-${request}` },
        ],
        remarks: runs ? [`${jail.name} is stopped while it is packed, and started again.`] : [],
      },
    )
  },
})
