import { z } from 'zod'
import { defineCommand, jailName, lookAtPackages, nothingToDo, packageList, plan, seenInside, wordsIn } from 'jailops'

export default defineCommand({
  path: 'jail pkg install',
  summary: 'Install packages in a jail',
  permission: 'jail.pkg.install',
  risk: 'change',
  example: 'jail pkg install blog git-lite,vim',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), packages: packageList.describe('such as git-lite,vim') }),
  looks: ({ args, facts }) => lookAtPackages(facts.runningJail(args.jail)),
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const packages = wordsIn(args.packages)
    const steps = drivers.inside.installPackages(jail, packages, seenInside(facts))
    if (steps.length === 0)
      return nothingToDo(`${jail.name} has ${packages.join(', ')} already. For newer versions: /jail pkg upgrade ${jail.name}`)
    return plan(steps, { resources: drivers.jails.resources(jail) })
  },
})
