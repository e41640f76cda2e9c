import { z } from 'zod'
import {
  blastRadius,
  defineCommand,
  drain,
  jailName,
  JailopsError,
  mustOwnSites,
  otherOwners,
  plan,
  resourcesOf,
  runningDependents,
  siteSteps,
  sitesWithout,
  siteText,
} from 'jailops'

export default defineCommand({
  path: 'jail destroy',
  summary: 'Take a jail and its sites away, into the trash',
  permission: 'jail.destroy',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'jail destroy blog',
  needs: ['jails', 'proxy', 'proxyStatus', 'trash'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan(context) {
    const { args, facts, drivers, request } = context
    const jail = facts.ownJail(args.jail)
    const dependents = runningDependents(facts, [jail]).map(({ name }) => name)
    if (dependents.length > 0) {
      throw new JailopsError(
        'host_not_ready',
        `${dependents.join(', ')} ${dependents.length === 1 ? 'runs and needs' : 'run and need'} ${jail.name}. Stop what needs it first, or take that off: /jail depends remove`,
      )
    }
    // also where jail_enable is not YES: the next jail of that name would inherit the entry
    const hasBootEntry = jail.startsAtBoot || (jail.manager === 'jail.conf' && facts.boot.list.includes(jail.name))
    const changes = sitesWithout(facts, jail.name)
    mustOwnSites(context, changes)
    const sites = changes.flatMap(({ before }) => (before === null ? [] : [before]))
    const gone = changes.flatMap(({ before, after }) => (before === null || after !== null ? [] : [siteText(before)]))
    return plan(
      [
        ...siteSteps(context, changes, () => drain(facts, drivers, [jail])),
        ...drivers.proxy.forget(jail.name),
        ...(hasBootEntry ? drivers.jails.boot(jail, false) : []),
        ...(jail.state === 'running' ? drivers.jails.stop(jail) : []),
        ...drivers.trash.put(jail, sites, request),
      ],
      {
        resources: [...drivers.jails.resources(jail), 'rc.conf', ...resourcesOf(drivers, changes)],
        sites: changes,
        reserves: drivers.proxy.reserves(),
        outcome: [{ name: 'Brought back by', value: `/jail restore ${jail.name}` }],
        remarks: [
          ...(gone.length > 0 ? [`These sites go away with it: ${gone.join(', ')}.`] : []),
          ...otherOwners(context, changes),
          ...blastRadius(facts, [jail], 'From then on these answer 421'),
        ],
      },
    )
  },
})
