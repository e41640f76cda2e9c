import { z } from 'zod'
import { defineCommand, jailName, JailopsError, plan, snapshotName } from 'jailops'

export default defineCommand({
  path: 'jail snapshot create',
  summary: 'Keep what a jail is now, to go back to',
  permission: 'jail.snapshot.create',
  risk: 'change',
  example: 'jail snapshot create blog before-upgrade',
  needs: ['jails', 'snapshots'],
  args: z.object({ jail: jailName.describe('which jail'), snapshot: snapshotName.optional().describe('its name') }),
  plan({ args, facts, drivers, request }) {
    const jail = facts.ownJail(args.jail)
    const name = args.snapshot ?? `jailops-${request}`
    const dataset = drivers.snapshots.dataset(jail)
    if (facts.snapshots.some((one) => one.dataset === dataset && one.name === name)) {
      throw new JailopsError('bad_argument', `${jail.name} has a snapshot ${name} already. Choose another name.`)
    }
    return plan(drivers.snapshots.create(jail, name), {
      resources: drivers.jails.resources(jail),
      outcome: [
        { name: 'Snapshot', value: name },
        { name: 'Back to it by', value: `/jail snapshot rollback ${jail.name} ${name}` },
      ],
      remarks: jail.state === 'running' ? [`${jail.name} runs: what its programs hold in memory is not in it.`] : [],
    })
  },
})
