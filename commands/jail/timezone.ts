import { z } from 'zod'
import { defineCommand, jailName, JailopsError, lookAtFiles, nothingToDo, plan, seenInside, zoneName } from 'jailops'

export default defineCommand({
  path: 'jail timezone',
  summary: 'Set the time zone of a jail',
  permission: 'jail.timezone',
  risk: 'change',
  example: 'jail timezone blog Europe/Berlin',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), zone: zoneName.describe('such as Europe/Berlin') }),
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    const zone = { argv: ['jexec', jail.kernelName, 'test', '-f', `/usr/share/zoneinfo/${args.zone}`] }
    return { ...lookAtFiles(jail, ['/var/db/zoneinfo', '/etc/localtime']), zone }
  },
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    if (facts.look('zone').exitCode !== 0) {
      throw new JailopsError(
        'bad_argument',
        `${jail.name} knows no time zone ${args.zone}. Write it as in Europe/Berlin, America/New_York or UTC.`,
      )
    }
    const seen = seenInside(facts)
    const before = seen.files.get('/var/db/zoneinfo')?.text?.trim()
    if (before === args.zone && seen.files.has('/etc/localtime')) return nothingToDo(`${jail.name} is in ${args.zone} already.`)
    return plan(drivers.inside.timezone(jail, args.zone, seen), {
      resources: drivers.jails.resources(jail),
      remarks: [`Now it is ${before || 'not noted'}. What runs takes the new one up when it is restarted.`],
    })
  },
})
