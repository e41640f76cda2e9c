import { z } from 'zod'
import { defineCommand, jailName, showSiteName, siteText, targetsText } from 'jailops'
import type { Facts, Route, SiteSettings } from 'jailops'

export default defineCommand({
  path: 'proxy list',
  summary: 'All sites: whose, where to, with which settings',
  permission: 'proxy.list',
  risk: 'read',
  needs: ['jails', 'proxy'],
  args: z.object({
    jail: jailName.optional().describe('only those of this jail'),
    owner: z.string().optional().describe('only those of this person'),
  }),
  query({ args, facts }) {
    const all = facts.proxy.routes.filter(
      (route) =>
        (args.jail === undefined || route.targets.some(({ jail }) => jail === args.jail)) &&
        (args.owner === undefined || facts.proxy.settings[route.host]?.owner === args.owner),
    )
    const routes = all.toSorted((a, b) => (siteText(a) < siteText(b) ? -1 : 1))
    return {
      title: routes.length === 0 ? 'No sites yet' : `${routes.length} ${routes.length === 1 ? 'site' : 'sites'}`,
      table: {
        columns: ['site', 'goes to', 'address', 'jail is', 'settings', 'owner'],
        rows: routes.map((route) => rowOf(facts, route)),
      },
    }
  },
})

function rowOf(facts: Facts, route: Route): string[] {
  const settings = facts.proxy.settings[route.host] ?? {}
  const jails = route.targets.map(({ jail: name }) => facts.jails.find((candidate) => candidate.name === name))
  return [
    `${showSiteName(route.host)}${route.path ?? ''}`,
    targetsText(route.targets) || `no jail (${route.backend})`,
    jails.map((jail) => jail?.address ?? '-').join(', ') || '-',
    jails.map((jail) => jail?.state ?? 'missing').join(', ') || 'missing',
    marks(settings) || '-',
    settings.owner ?? '-',
  ]
}

function marks({ maintenance, https, hsts, redirect, limit, allow, users }: SiteSettings): string {
  return [
    maintenance === true ? 'maintenance' : '',
    https === undefined ? '' : https === 'only' ? 'https only' : 'https',
    hsts === undefined ? '' : 'hsts',
    redirect === undefined ? '' : `→ ${redirect}`,
    limit === undefined ? '' : `${limit}/10 s`,
    allow === undefined ? '' : `allow ${allow.length}`,
    users === undefined ? '' : `password ${users.length}`,
  ]
    .filter((mark) => mark !== '')
    .join(', ')
}
