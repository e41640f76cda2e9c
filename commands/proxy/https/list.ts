import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'proxy https list',
  summary: 'All certificates: for whom, by whom, until when',
  permission: 'proxy.https.list',
  risk: 'read',
  needs: ['jails', 'proxy'],
  args: z.object({}),
  query({ facts }) {
    const certificates = facts.proxy.certificates.toSorted((a, b) => a.expiresAt - b.expiresAt)
    if (certificates.length === 0) {
      return {
        title: 'No site has a certificate',
        text: 'Get one: /proxy https on SITE; or show one of your own: /proxy https upload SITE',
      }
    }
    return {
      title: `${certificates.length} ${certificates.length === 1 ? 'certificate' : 'certificates'}`,
      text: `The first to end stands first. Ours are renewed ${facts.layout.acme.renewDays} days before.`,
      table: {
        columns: ['Site', 'For', 'By', 'Until', 'Renewed', 'http'],
        rows: certificates.map(({ site, names, issuer, expiresAt, isRenewed }) => [
          site,
          names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', '),
          issuer,
          expiresAt === 0 ? 'not known: the file cannot be read' : new Date(expiresAt).toISOString().slice(0, 10),
          isRenewed
            ? facts.proxy.routes.some((route) => route.host === site)
              ? 'by jailops'
              : 'no: the site is not routed'
            : 'by whoever got it',
          facts.proxy.settings[site]?.https === 'only' ? 'leads to https' : 'answers, too',
        ]),
      },
    }
  },
})
