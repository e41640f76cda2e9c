import { z } from 'zod'
import { defineCommand, jailName } from 'jailops'

export default defineCommand({
  path: 'jail info',
  summary: 'Everything jailops knows of one jail',
  permission: 'jail.info',
  risk: 'read',
  example: 'jail info blog',
  needs: ['jails', 'proxy'],
  args: z.object({ jail: jailName.describe('which jail') }),
  query({ args, facts }) {
    const jail = facts.jail(args.jail)
    return {
      title: `${jail.name} is ${jail.state}`,
      ...(jail.problem !== undefined && { text: jail.problem }),
      fields: [
        { name: 'Address', value: jail.address ?? 'none' },
        { name: 'Host name', value: jail.hostname },
        { name: 'Root', value: jail.root },
        { name: 'JID', value: jail.jid === undefined ? 'not running' : String(jail.jid) },
        { name: 'At boot', value: jail.startsAtBoot ? 'starts' : 'stays off' },
        { name: 'Manager', value: jail.ours ? `${jail.manager}, made by jailops` : `${jail.manager}, not made by jailops: only shown` },
        {
          name: 'Sites',
          value:
            facts
              .routesTo(jail.name)
              .map((route) => route.host)
              .join(', ') || 'none',
        },
      ],
    }
  },
})
