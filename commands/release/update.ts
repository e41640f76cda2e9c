import { z } from 'zod'
import { defineCommand, managers, plan } from 'jailops'

export default defineCommand({
  path: 'release update',
  summary: 'Bring a release to its newest patch level',
  permission: 'release.update',
  risk: 'change',
  example: 'release update 15.1-RELEASE',
  needs: ['jails', 'releases', 'snapshots'],
  args: z.object({
    release: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'name it as /release list does')
      .describe('as /release list names it'),
    manager: z.enum(managers).optional().describe('whose, where several have it'),
  }),
  plan({ args, facts, drivers, request }) {
    const release = facts.release(args.release, args.manager)
    const { name, manager } = release
    const users = facts.jailsOn(release)
    const running = users.filter(({ state }) => state === 'running').map((jail) => jail.name)
    return plan(drivers.releases.update(release, request), {
      resources: [`release:${manager}:${name}`, ...(manager === 'jail.conf' ? [] : [`manager:${manager}`])],
      remarks: [
        `It is patched to ${release.patchLevel ?? 'nobody knows what'} now.`,
        ...(manager === 'jail.conf'
          ? ['Jails that were made from it keep what they have: /jail update patches each.']
          : running.length > 0
            ? [`These jails share its files; restart them after it, so that they run what is patched: ${running.join(', ')}.`]
            : []),
      ],
    })
  },
})
