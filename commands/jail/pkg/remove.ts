import { z } from 'zod'
import { defineCommand, jailName, lookAtPackages, packageList, plan, seenInside, wordsIn } from 'jailops'

export default defineCommand({
  path: 'jail pkg remove',
  summary: 'Remove packages from a jail, and what needs them',
  permission: 'jail.pkg.remove',
  risk: 'change',
  example: 'jail pkg remove blog vim',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), packages: packageList.describe('such as git-lite,vim') }),
  looks: ({ args, facts }) => lookAtPackages(facts.runningJail(args.jail)),
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    return plan(drivers.inside.removePackages(jail, wordsIn(args.packages), seenInside(facts)), {
      resources: drivers.jails.resources(jail),
      remarks: ['Should it be taken back, the newest versions are installed again.'],
    })
  },
})
