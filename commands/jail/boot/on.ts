import { z } from 'zod'
import { defineCommand, jailName, nothingToDo, plan } from 'jailops'

export default defineCommand({
  path: 'jail boot on',
  summary: 'Let a jail start when the host does',
  permission: 'jail.boot.on',
  risk: 'change',
  example: 'jail boot on blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  plan({ args, facts, drivers }) {
    const jail = facts.ownJail(args.jail)
    if (jail.startsAtBoot) return nothingToDo(`${jail.name} starts at boot already.`)
    return plan(drivers.jails.boot(jail, true), {
      resources: [...drivers.jails.resources(jail), 'rc.conf'],
      outcome: [{ name: 'At boot', value: 'starts' }],
    })
  },
})
