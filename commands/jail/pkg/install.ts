import { z } from 'zod'
import { defineCommand, jailName, lookAtInstallation, lookAtPackages, nothingToDo, packageList, plan, seenInside, wordsIn } from 'jailops'

export default defineCommand({
  path: 'jail pkg install',
  summary: 'Install packages in a jail',
  permission: 'jail.pkg.install',
  risk: 'change',
  example: 'jail pkg install blog git-lite,vim',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail'), packages: packageList.describe('such as git-lite,vim') }),
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    return { ...lookAtPackages(jail), ...lookAtInstallation(jail, wordsIn(args.packages)) }
  },
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const packages = wordsIn(args.packages)
    const seen = seenInside(facts)
    const steps = drivers.inside.installPackages(jail, packages, seen)
    if (steps.length === 0)
      return nothingToDo(`${jail.name} has ${packages.join(', ')} already. For newer versions: /jail pkg upgrade ${jail.name}`)
    const { names, changes } = seen.coming
    const along = names.filter((name) => !packages.includes(name))
    return plan(steps, {
      resources: drivers.jails.resources(jail),
      outcome: along.length > 0 ? [{ name: 'Comes along', value: along.join(', ') }] : [],
      remarks: changes.length > 0 ? [`Changes with it, and is not taken back: ${changes.join(', ')}.`] : [],
    })
  },
})
