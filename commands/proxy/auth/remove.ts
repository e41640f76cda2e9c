import { z } from 'zod'
import { defineCommand, JailopsError, planSites, siteName, siteUser, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy auth remove',
  summary: 'Take one password away, or all',
  permission: 'proxy.auth.remove',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy auth remove blog.example.com user:ana',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site'), user: siteUser.optional().describe('all, if not given') }),
  plan(context) {
    const { args, facts } = context
    const { site, user } = args
    facts.route(site)
    const now = facts.proxy.settings[site]?.users
    if (user !== undefined && now?.includes(user) !== true)
      throw new JailopsError(
        'nothing_to_do',
        `${user} has no password for ${site}. Who has: ${now?.join(', ') ?? 'nobody; everybody may come'}.`,
      )
    if (user !== undefined && now?.length === 1)
      throw new JailopsError(
        'bad_argument',
        `${user} is the last who may come to ${site}. To let everybody in, without a password: /proxy auth remove ${site}`,
      )
    const users = user === undefined ? undefined : now?.filter((one) => one !== user)
    return planSites(context, [withSettings(context, site, { users })], {
      already: `${site} asks for no password.`,
      outcome: [{ name: 'May come', value: users === undefined ? 'everybody, without a password' : `${users.join(', ')}, by password` }],
      remarks: ['No undo brings these passwords back: /proxy auth add makes new ones.'],
    })
  },
})
