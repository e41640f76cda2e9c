import { z } from 'zod'
import { defineCommand, jailName, JailopsError, plan, snapshotName } from 'jailops'

export default defineCommand({
  path: 'jail snapshot remove',
  summary: "Remove one of a jail's snapshots for good",
  permission: 'jail.snapshot.remove',
  risk: 'change',
  example: 'jail snapshot remove blog before-upgrade',
  needs: ['jails', 'snapshots'],
  args: z.object({ jail: jailName.describe('which jail'), snapshot: snapshotName.describe('its name') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    const dataset = drivers.snapshots.dataset(jail)
    const snapshot = facts.snapshots.find((one) => one.dataset === dataset && one.name === args.snapshot)
    if (snapshot === undefined) {
      throw new JailopsError('unknown_snapshot', `${jail.name} has no snapshot ${args.snapshot}. See /jail snapshot list ${jail.name}.`)
    }
    return plan(drivers.snapshots.remove(jail, snapshot), { resources: drivers.jails.resources(jail) })
  },
})
