import { z } from 'zod'
import { blastRadius, defineCommand, drained, heldBehind, jailName, plan } from 'jailops'

export default defineCommand({
  path: 'jail migrate',
  summary: 'Let jail.conf keep a jail of another manager',
  permission: 'jail.migrate',
  risk: 'change',
  example: 'jail migrate blog to:jail.conf',
  needs: ['jails', 'proxy', 'proxyStatus'],
  args: z.object({
    jail: jailName.describe('which jail'),
    to: z.enum(['jail.conf']).default('jail.conf').describe('who keeps it from now on'),
  }),
  plan({ args, facts, drivers, request }) {
    const jail = facts.ownJail(args.jail)
    const migrated = drivers.jails.migrated(jail, args.to)
    const runs = jail.state === 'running'
    const limits = drivers.limits.of(jail)
    const moved = drained(
      facts,
      drivers,
      [jail],
      [
        ...(jail.startsAtBoot ? drivers.jails.boot(jail, false) : []),
        ...(runs ? drivers.jails.stop(jail) : []),
        ...drivers.limits.lift(jail, limits),
        ...drivers.jails.migrate(jail, args.to, request),
        ...drivers.limits.bring(
          migrated,
          limits.map((line) => line.replace(`jail:${jail.kernelName}:`, `jail:${migrated.kernelName}:`)),
        ),
        ...(runs ? drivers.jails.start(migrated) : []),
      ],
    )
    return plan([...moved, ...drivers.jails.boot(migrated, jail.startsAtBoot)], {
      resources: [...drivers.jails.resources(jail), ...drivers.jails.resources(migrated), 'rc.conf', ...heldBehind(facts, [jail])],
      outcome: [
        { name: 'Manager', value: migrated.manager },
        { name: 'Root', value: migrated.root },
        { name: 'Its old files', value: `${facts.layout.trash}/${jail.name}.${request}.migrated` },
      ],
      remarks: [
        ...blastRadius(facts, [jail]),
        ...(jail.manager === 'jail.conf' ? [] : ['Of its special filesystems it keeps /dev: no procfs and no fdescfs any more.']),
      ],
    })
  },
})
