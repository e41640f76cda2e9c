import { z } from 'zod'
import { defineCommand, JailopsError, jailName, nothingToDo, plan, showSiteName, siteName } from 'jailops'

export default defineCommand({
  path: 'proxy add',
  summary: 'Let a host name reach a jail',
  permission: 'proxy.add',
  risk: 'change',
  example: 'proxy add blog.example.com jail:blog',
  needs: ['jails', 'proxy'],
  names: { site: 'new' },
  args: z.object({
    site: siteName.describe('the host name, such as blog.example.com'),
    jail: jailName.optional().describe('the jail; if not given, the one named like the first label'),
  }),
  presume: ({ site }) => ({ jail: firstLabel(site) }),
  plan({ args, facts, drivers }) {
    const { site } = args
    const guess = firstLabel(site)
    if (args.jail === undefined && !facts.jails.some((jail) => jail.name === guess)) {
      throw new JailopsError(
        'missing_argument',
        `Which jail should answer for ${site}? There is none named ${guess}; say it: /proxy add ${site} jail:NAME`,
      )
    }
    const jail = facts.ownJail(args.jail ?? guess)
    const existing = facts.proxy.routes.find((route) => route.host === site)
    if (existing?.jail === jail.name) return nothingToDo(`${showSiteName(site)} goes to ${jail.name} already.`)
    if (existing !== undefined) {
      throw new JailopsError(
        'route_exists',
        `${site} goes to ${existing.jail ?? existing.backend} now. Remove it first: /proxy remove ${site}`,
      )
    }
    if (facts.reservedByOthers.includes(`site:${site}`)) {
      throw new JailopsError('route_exists', `Another open request is about to route ${site}. See /job list.`)
    }
    if (jail.state !== 'running' || jail.address === undefined) {
      throw new JailopsError(
        'jail_stopped',
        `${jail.name} is not running, so nobody would answer for ${site}. Start it first: /jail start ${jail.name}`,
      )
    }
    return plan(
      [...drivers.proxy.prepare(), ...drivers.proxy.route([{ host: site }], [{ jail: jail.name, address: jail.address, weight: 100 }])],
      {
        resources: [`jail:${jail.name}`, 'proxy'],
        reserves: [`site:${site}`],
        outcome: [
          { name: 'Site', value: showSiteName(site) },
          { name: 'Jail', value: jail.name },
        ],
      },
    )
  },
})

function firstLabel(site: string): string {
  return site.split('.')[0] ?? ''
}
