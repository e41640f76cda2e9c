import { z } from 'zod'
import { defineCommand, jailName, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail boot off',
  summary: 'Let a jail stay off when the host starts',
  permission: 'jail.boot.off',
  risk: 'change',
  example: 'jail boot off blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (!jail.startsAtBoot) return nothingToDo(`${jail.name} does not start at boot already.`)
    return plan(drivers.jails.boot(jail, false), {
      resources: [...drivers.jails.resources(jail), 'rc.conf'],
      outcome: [{ name: 'At boot', value: 'stays off' }],
    })
  },
})
