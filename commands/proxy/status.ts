import { z } from 'zod'
import { aboutOf, defineCommand, oneStatusAnswer, proxyStatusAnswer, siteOrJail } from 'jailops'

export default defineCommand({
  path: 'proxy status',
  summary: "HAProxy's and nginx's own live figures",
  permission: 'proxy.status',
  risk: 'read',
  example: 'proxy status blog.example.com',
  needs: ['proxyStatus', 'traffic'],
  args: z.object({
    site: siteOrJail.optional().describe('all of one site, or of one jail'),
  }),
  presume: ({ site }) => (site === undefined || site.includes('.') ? {} : { jail: site }),
  about: ({ site }) => (site === undefined ? {} : { ...aboutOf(site), needs: ['jails', 'proxy'] }),
  query: ({ args: { site }, facts }) => (site === undefined ? proxyStatusAnswer(facts) : oneStatusAnswer(facts, aboutOf(site))),
})
