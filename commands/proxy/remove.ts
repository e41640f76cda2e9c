import { z } from 'zod'
import { defineCommand, plan, siteName } from 'jailops'

export default defineCommand({
  path: 'proxy remove',
  summary: 'Take a host name away; the jail stays',
  permission: 'proxy.remove',
  risk: 'change',
  example: 'proxy remove blog.example.com',
  needs: ['jails', 'proxy'],
  args: z.object({ site: siteName.describe('the host name') }),
  plan({ args, facts, drivers }) {
    const route = facts.route(args.site)
    const last = route.jail !== undefined && facts.routesTo(route.jail).length === 1
    return plan([...drivers.proxy.unroute(route), ...(last && route.jail !== undefined ? drivers.proxy.forget(route.jail) : [])], {
      resources: ['proxy', ...(route.jail === undefined ? [] : [`jail:${route.jail}`])],
      outcome: [{ name: 'Site', value: `${args.site} answers 421 from now on` }],
    })
  },
})
