import { z } from 'zod'
import { defineCommand, planSites, siteName, siteUser, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy auth add',
  summary: 'Ask for a password; a new one, shown to you once',
  permission: 'proxy.auth.add',
  risk: 'change',
  confides: true,
  grants: ['proxy.others'],
  example: 'proxy auth add blog.example.com user:ana',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('which site'), user: siteUser.describe('who comes by it') }),
  plan(context) {
    const { args, facts, drivers } = context
    const { site, user } = args
    const now = facts.proxy.settings[site]?.users
    const users = now?.includes(user) === true ? now : [...(now ?? []), user]
    const { before, after } = withSettings(context, site, { users })
    // the driver's own steps for a user bring the setting with them
    const change = planSites(context, [{ before, after: before }], { already: '', last: () => drivers.proxy.user(site, user) })
    return {
      ...change,
      ...(now?.includes(user) !== true && { sites: [{ before, after }] }),
      outcome: [{ name: 'May come', value: `${users.join(', ')}, by password` }],
      remarks: [
        'The new password is shown once, to whoever asked, and to nobody else.',
        ...(now?.includes(user) === true ? [`The old one of ${user} counts no more.`] : []),
        ...(now === undefined ? [`Until now everybody may come to ${site}; from then on only who has a password.`] : []),
        ...(before?.settings.https === undefined ? [`${site} has no https yet: the password travels in the clear.`] : []),
      ],
    }
  },
})
