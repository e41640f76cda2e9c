import { z } from 'zod'
import { baseLooks, baseRemarks, blastRadius, defineCommand, drained, heldBehind, jailName, nothingToDo, plan, releaseName } from 'jailops'

export default defineCommand({
  path: 'jail upgrade',
  summary: 'Bring a jail to another FreeBSD release',
  permission: 'jail.upgrade',
  risk: 'change',
  example: 'jail upgrade blog 15.1-RELEASE',
  needs: ['jails', 'proxy', 'proxyStatus', 'releases', 'snapshots'],
  args: z.object({ jail: jailName.describe('which jail'), release: releaseName.describe('such as 15.1-RELEASE') }),
  looks: ({ args, facts }) => baseLooks(facts.ownJail(args.jail)),
  plan({ args, facts, drivers, request }) {
    const jail = facts.ownJail(args.jail)
    const { release } = args
    if (jail.release?.replace(/-p[0-9]+$/, '') === release) return nothingToDo(`${jail.name} is at ${release} already. See /jail update.`)
    const runs = jail.state === 'running'
    // bastille gives a jail that shares its base another one while it stands still; all others are upgraded through it, and then run what is new
    const stopsFirst = runs && jail.type === 'thin' && jail.manager === 'bastille'
    const stop = runs ? drivers.jails.stop(jail) : []
    const start = runs ? drivers.jails.start(jail) : []
    const work = drivers.jails.upgrade(stopsFirst ? { ...jail, state: 'stopped' } : jail, release, request)
    const around = drivers.snapshots.around(jail, `jailops-before-upgrade-${request}`, work)
    return plan(drained(facts, drivers, [jail], [...(stopsFirst ? [...stop, ...around] : [...around, ...stop]), ...start]), {
      resources: [...drivers.jails.resources(jail), ...heldBehind(facts, [jail])],
      outcome: [{ name: 'Release', value: release }],
      remarks: [
        ...baseRemarks(jail, facts),
        'Packages were built for the old release: /jail pkg upgrade brings them along.',
        ...blastRadius(facts, [jail]),
      ],
    })
  },
})
