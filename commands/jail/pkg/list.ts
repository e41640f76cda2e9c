import { z } from 'zod'
import { defineCommand, jailName, lookAtPackages, seenInside } from 'jailops'

export default defineCommand({
  path: 'jail pkg list',
  summary: 'The packages of a jail',
  permission: 'jail.pkg.list',
  risk: 'read',
  example: 'jail pkg list blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  looks: ({ args, facts }) => lookAtPackages(facts.runningJail(args.jail)),
  query({ args, facts }) {
    const { packages } = seenInside(facts)
    return {
      title: `${args.jail} has ${packages.length} ${packages.length === 1 ? 'package' : 'packages'}`,
      table: {
        columns: ['package', 'version', 'installed', 'locked'],
        rows: packages.map(({ name, version, automatic, locked }) => [
          name,
          version,
          automatic ? 'because another needs it' : 'by itself',
          locked ? 'yes' : 'no',
        ]),
      },
    }
  },
})
