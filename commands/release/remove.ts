import { z } from 'zod'
import { defineCommand, managers, plan } from 'jailops'

export default defineCommand({
  path: 'release remove',
  summary: 'Remove a release that no jail needs, for good',
  permission: 'release.remove',
  risk: 'change',
  example: 'release remove 14.3-RELEASE',
  needs: ['jails', 'releases', 'trash'],
  args: z.object({
    release: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'name it as /release list does')
      .describe('as /release list names it'),
    manager: z.enum(managers).optional().describe('whose, where several have it'),
  }),
  plan({ args, facts, drivers, request }) {
    const release = facts.release(args.release, args.manager)
    const { name, manager, path } = release
    return plan(drivers.releases.remove(release, request), {
      resources: [`release:${manager}:${name}`, ...(manager === 'jail.conf' ? [] : [`manager:${manager}`])],
      outcome: [{ name: 'Removed', value: path }],
    })
  },
})
