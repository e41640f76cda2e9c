import { z } from 'zod'
import { blastRadius, defineCommand, drained, heldBehind, jailName, JailopsError, plan, sizeText, snapshotName } from 'jailops'

export default defineCommand({
  path: 'jail snapshot rollback',
  summary: 'Make a jail again what it was when a snapshot was taken',
  permission: 'jail.snapshot.rollback',
  risk: 'change',
  example: 'jail snapshot rollback blog before-upgrade',
  needs: ['jails', 'snapshots', 'proxy', 'proxyStatus'],
  args: z.object({ jail: jailName.describe('which jail'), snapshot: snapshotName.describe('back to which') }),
  looks({ args, facts }) {
    const jail = facts.jail(args.jail)
    const dataset = facts.datasets.find((one) => one.mountpoint === jail.root)?.name
    return dataset === undefined ? {} : { written: { argv: ['zfs', 'get', '-Hp', '-o', 'value', `written@${args.snapshot}`, dataset] } }
  },
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    const dataset = drivers.snapshots.dataset(jail)
    const snapshot = facts.snapshots.find((one) => one.dataset === dataset && one.name === args.snapshot)
    if (snapshot === undefined) {
      throw new JailopsError('unknown_snapshot', `${jail.name} has no snapshot ${args.snapshot}. See /jail snapshot list ${jail.name}.`)
    }
    const runs = jail.state === 'running'
    const written = Number(facts.looked['written']?.stdout.trim() || Number.NaN)
    return plan(
      drained(
        facts,
        drivers,
        [jail],
        [
          ...(runs ? drivers.jails.stop(jail) : []),
          ...drivers.snapshots.rollback(jail, snapshot),
          ...(runs ? drivers.jails.start(jail) : []),
        ],
      ),
      {
        resources: [...drivers.jails.resources(jail), ...heldBehind(facts, [jail])],
        remarks: [
          ...(Number.isFinite(written) ? [`Lost with it: ${sizeText(written)} written since then.`] : []),
          ...blastRadius(facts, [jail]),
        ],
      },
    )
  },
})
