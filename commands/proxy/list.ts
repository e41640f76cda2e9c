import { z } from 'zod'
import { defineCommand, showSiteName } from 'jailops'

export default defineCommand({
  path: 'proxy list',
  summary: 'Which host name goes to which jail',
  permission: 'proxy.list',
  risk: 'read',
  needs: ['jails', 'proxy'],
  args: z.object({}),
  query({ facts }) {
    const { routes } = facts.proxy
    return {
      title: routes.length === 0 ? 'No sites yet' : `${routes.length} ${routes.length === 1 ? 'site' : 'sites'}`,
      table: {
        columns: ['site', 'jail', 'address', 'jail is'],
        rows: routes.map((route) => {
          const jail = facts.jails.find((candidate) => candidate.name === route.jail)
          return [showSiteName(route.host), route.jail ?? `no jail (${route.backend})`, jail?.address ?? '-', jail?.state ?? 'missing']
        }),
      },
    }
  },
})
