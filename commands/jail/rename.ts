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
  renamedIn,
  resourcesOf,
  routedAgain,
  siteOf,
} from 'jailops'

export default defineCommand({
  path: 'jail rename',
  summary: 'Give a jail another name; its sites go with it',
  permission: 'jail.rename',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'jail rename blog to:journal',
  needs: ['jails', 'proxy', 'proxyStatus'],
  names: { to: 'new' },
  args: z.object({ jail: jailName.describe('which jail'), to: jailName.describe('its new name') }),
  plan(context) {
    const { args, facts, drivers } = context
    const jail = facts.ownJail(args.jail)
    const { to } = args
    if (facts.jails.some((one) => one.name === to))
      throw new JailopsError('jail_exists', `There is a jail ${to} already. Choose another name.`)
    if (facts.reservedByOthers.includes(`jail:${to}`)) {
      throw new JailopsError('jail_name_taken', `Another open request is about to make a jail ${to}. See /job list.`)
    }
    const dependents = facts.jails.filter((one) => one.depends.includes(jail.name)).map((one) => one.name)
    if (dependents.length > 0) {
      throw new JailopsError(
        'host_not_ready',
        `${dependents.join(', ')} ${dependents.length === 1 ? 'needs' : 'need'} ${jail.name} by that name. Take that away first: /jail depends remove ${dependents[0] ?? ''} on:${jail.name}`,
      )
    }
    const runs = jail.state === 'running'
    const routes = facts.routesTo(jail.name)
    const changes = routes.map((route) => ({ before: siteOf(facts, route), after: renamedIn(siteOf(facts, route), jail.name, to) }))
    mustOwnSites(context, changes)
    const renamed = drivers.jails.renamed(jail, to)
    const limits = drivers.limits.of(jail)
    const bootAfter = jail.startsAtBoot ? drivers.jails.boot(renamed, true) : []
    // where all of jail.conf starts at boot, it does so under its new name too: a list without it would end that
    const bootBefore =
      bootAfter.length > 0 || (jail.startsAtBoot && facts.boot.list.includes(jail.name)) ? drivers.jails.boot(jail, false) : []
    return plan(
      [
        ...drain(facts, drivers, [jail]),
        ...bootBefore,
        ...(runs ? drivers.jails.stop(jail) : []),
        ...drivers.limits.lift(jail, limits),
        ...drivers.jails.rename(jail, to),
        ...drivers.limits.bring(
          renamed,
          limits.map((line) => line.replace(`jail:${jail.kernelName}:`, `jail:${renamed.kernelName}:`)),
        ),
        ...(runs ? drivers.jails.start(renamed) : []),
        ...bootAfter,
        // until it answers by its new name, its sites lead where they led: nobody is there, or those beside it
        ...(routes.length > 0 ? routedAgain(context, jail, to) : []),
      ],
      {
        resources: [...drivers.jails.resources(jail), `jail:${to}`, 'rc.conf', ...resourcesOf(drivers, changes)],
        sites: changes,
        reserves: [`jail:${to}`, ...drivers.proxy.reserves()],
        outcome: [
          { name: 'Name', value: to },
          { name: 'Root', value: renamed.root },
        ],
        remarks: [...otherOwners(context, changes), ...blastRadius(facts, [jail])],
      },
    )
  },
})
