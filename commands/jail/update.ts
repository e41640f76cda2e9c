import { z } from 'zod'
import { baseLooks, baseRemarks, blastRadius, defineCommand, drained, heldBehind, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail update',
  summary: "Bring a jail's base to its newest patch level",
  permission: 'jail.update',
  risk: 'change',
  example: 'jail update blog',
  needs: ['jails', 'proxy', 'proxyStatus', 'releases', 'snapshots'],
  args: z.object({ jail: jailName.describe('which jail') }),
  looks: ({ args, facts }) => baseLooks(facts.ownJail(args.jail)),
  plan({ args, facts, drivers, request }) {
    const jail = facts.ownJail(args.jail)
    return plan(
      drained(
        facts,
        drivers,
        [jail],
        drivers.snapshots.around(jail, `jailops-before-update-${request}`, drivers.jails.update(jail, request)),
      ),
      {
        resources: [...drivers.jails.resources(jail), ...heldBehind(facts, [jail])],
        remarks: [
          ...baseRemarks(jail, facts),
          ...blastRadius(facts, [jail]),
          `What runs in it goes on as it is until /jail restart ${jail.name}.`,
        ],
      },
    )
  },
})
