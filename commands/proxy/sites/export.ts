import { z } from 'zod'
import { defineCommand, siteOf, siteText } from 'jailops'

export default defineCommand({
  path: 'proxy sites export',
  summary: 'All sites with their settings, as a file',
  permission: 'proxy.sites.export',
  risk: 'read',
  needs: ['jails', 'proxy'],
  args: z.object({}),
  query({ facts }) {
    const routes = facts.proxy.routes.filter(({ targets }) => targets.length > 0)
    const sites = routes.map((route) => siteOf(facts, route)).toSorted((a, b) => (siteText(a) < siteText(b) ? -1 : 1))
    const left = facts.proxy.routes.length - routes.length
    return {
      title: `${sites.length} ${sites.length === 1 ? 'site' : 'sites'}`,
      text: `Without passwords and certificates. To bring them back: put the file into ${facts.layout.archives} on the host, then /proxy sites import sites.json${left > 0 ? `. Left out: ${left} that lead to no jail of ours.` : ''}`,
      files: [{ name: 'sites.json', text: `${JSON.stringify(sites, null, 2)}\n` }],
    }
  },
})
