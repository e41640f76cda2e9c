import { z } from 'zod'
import { defineCommand, importedSites, JailopsError, planSites, refusedSites, sameSite, siteNow, siteText } from 'jailops'

export default defineCommand({
  path: 'proxy sites import',
  summary: 'Make sites as a file of an export says, all or none',
  permission: 'proxy.sites.import',
  risk: 'change',
  grants: ['proxy.others', 'proxy.wildcard'],
  example: 'proxy sites import sites.json',
  needs: ['jails', 'proxy'],
  args: z.object({
    file: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.json$/, 'a file is named as sites.json, without folders')
      .describe("in the host's archives"),
  }),
  looks: ({ args, facts }) => ({ file: { file: `${facts.layout.archives}/${args.file}` } }),
  plan(context) {
    const { args, facts } = context
    const { exitCode, stdout } = facts.look('file')
    if (exitCode !== 0)
      throw new JailopsError(
        'unknown_archive',
        `There is no file ${args.file} in ${facts.layout.archives} on the host. Put it there first.`,
      )
    const sites = importedSites(context, stdout)
    const refused = refusedSites(context, sites)
    if (refused.length > 0)
      throw new JailopsError(
        'bad_argument',
        `Nothing was imported. Refused: ${refused.slice(0, 10).join('; ')}${refused.length > 10 ? `; and ${refused.length - 10} more` : ''}`,
      )
    const changes = sites.map((after) => ({ before: siteNow(facts, after), after }))
    const fresh = changes.filter(({ before }) => before === null).map(({ after }) => siteText(after))
    const changed = changes.filter(({ before, after }) => before !== null && !sameSite(before, after)).map(({ after }) => siteText(after))
    return planSites(context, changes, {
      already: `All ${sites.length} sites are as ${args.file} says.`,
      outcome: [
        { name: 'New', value: fresh.join(', ') || 'none' },
        { name: 'Changed', value: changed.join(', ') || 'none' },
        { name: 'As before', value: String(sites.length - fresh.length - changed.length) },
      ],
      remarks: ['Sites that the file does not name stay as they are. Passwords and certificates are not in it.'],
    })
  },
})
