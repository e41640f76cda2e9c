import { z } from 'zod'
import {
  defineCommand,
  jailName,
  lookAtFiles,
  lookAtInstallation,
  lookAtPackages,
  lookAtServices,
  lookAtVariables,
  plan,
  seenInside,
  templateName,
  templateNamed,
} from 'jailops'

export default defineCommand({
  path: 'jail template apply',
  summary: 'Bring into a jail what a template says',
  permission: 'jail.template.apply',
  risk: 'change',
  example: 'jail template apply blog redis',
  needs: ['jails', 'templates'],
  args: z.object({ jail: jailName.describe('which jail'), template: templateName.describe('which template') }),
  looks({ args, facts }) {
    const jail = facts.runningJail(args.jail)
    const { files, packages, services } = templateNamed(facts, args.template)
    const paths = files.map(({ path }) => path)
    return {
      ...lookAtPackages(jail),
      ...lookAtInstallation(jail, packages),
      ...lookAtVariables(jail),
      ...lookAtFiles(jail, paths),
      ...lookAtServices(jail, services),
    }
  },
  plan({ args, facts, drivers }) {
    const jail = facts.runningJail(args.jail)
    const template = templateNamed(facts, args.template)
    const seen = seenInside(facts)
    const replaced = template.files.map(({ path }) => path).filter((path) => seen.files.has(path))
    return plan(drivers.inside.template(jail, template, seen), {
      resources: drivers.jails.resources(jail),
      outcome: [{ name: 'Template', value: template.name }],
      remarks: replaced.length > 0 ? [`These files are replaced: ${replaced.join(', ')}.`] : [],
    })
  },
})
