import { z } from 'zod'
import {
  changeText,
  checksText,
  defineCommand,
  isDrainedByRequest,
  nginxText,
  placeOf,
  showSiteName,
  siteOf,
  sitePlace,
  siteText,
  targetsText,
  targetText,
} from 'jailops'
import type { Facts, Route, ServerStatus, SiteSettings, Target } from 'jailops'

export default defineCommand({
  path: 'proxy show',
  summary: 'All there is to know of one site',
  permission: 'proxy.show',
  risk: 'read',
  example: 'proxy show blog.example.com',
  needs: ['jails', 'proxy', 'proxyStatus', 'siteChanges'],
  args: z.object({ site: sitePlace.describe('which site') }),
  about: ({ site }) => ({ sites: [placeOf(site).host] }),
  query({ args, facts }) {
    const { host, path } = placeOf(args.site)
    const route = facts.route(host, path)
    const site = siteOf(facts, route)
    const below = facts.proxy.routes.filter((one) => one.host === host && one.path !== undefined && path === undefined)
    const certificate = facts.proxy.certificates.find((one) => one.site === host)
    const last = facts.siteChanges.find(({ before, after }) => [before, after].some((one) => one?.host === host && one.path === path))
    const expected = facts.proxyStatus?.backends.find(({ name }) => name === route.backend)
    return {
      title: `${showSiteName(host)}${path ?? ''} goes to ${targetsText(site.targets) || `a backend that is not ours (${route.backend})`}`,
      // it may have ended without a way back, and then nothing else would tell how this ends
      ...(route.targets.some((target) => isDrainedByRequest(facts, route, target)) && {
        text: `Where no request works on it any more (/job list), what is drained for it comes back by /proxy enable ${host}`,
      }),
      fields: [
        { name: 'Owner', value: site.settings.owner ?? 'nobody' },
        ...settingFields(site.settings),
        ...(below.length > 0
          ? [{ name: 'Below it', value: below.map((one) => `${siteText(one)} → ${targetsText(one.targets)}`).join('\n') }]
          : []),
        {
          name: 'Certificate',
          value:
            certificate === undefined
              ? 'none'
              : `${certificate.issuer}, until ${day(certificate.expiresAt)}${certificate.isRenewed ? ', renewed by jailops' : ''}`,
        },
        {
          name: 'Now',
          value:
            expected === undefined
              ? facts.proxy.running
                ? `the proxy says nothing of ${route.backend}`
                : 'the proxy is not running'
              : `${expected.status}, ${expected.sessions === undefined ? '' : `${expected.sessions} sessions, `}${expected.rate} requests a second, check ${checksText(expected)}`,
        },
        {
          name: 'Last change',
          value:
            last === undefined ? 'none that is remembered' : `${day(last.at)} by ${last.person} (${last.request}): ${changeText(last)}`,
        },
      ],
      table: { columns: ['jail', 'share', 'address', 'jail is', 'nginx'], rows: targetRows(facts, route, expected?.servers ?? []) },
    }
  },
})

function settingFields({ maintenance, https, hsts, redirect, limit, allow, users }: SiteSettings): { name: string; value: string }[] {
  return [
    ...(maintenance === true ? [{ name: 'Maintenance', value: 'shows a page that says so, with 503' }] : []),
    ...(https === undefined ? [] : [{ name: 'https', value: https === 'only' ? 'only: http is sent there' : 'beside http' }]),
    ...(hsts === undefined ? [] : [{ name: 'HSTS', value: `${Math.round(hsts / 86_400)} days` }]),
    ...(redirect === undefined ? [] : [{ name: 'Redirect', value: redirect }]),
    ...(limit === undefined ? [] : [{ name: 'Limit', value: `${limit} requests of one client in 10 seconds` }]),
    ...(allow === undefined ? [] : [{ name: 'May come', value: allow.join(', ') }]),
    ...(users === undefined ? [] : [{ name: 'Passwords', value: users.join(', ') || 'nobody has one' }]),
  ]
}

function targetRows(facts: Facts, route: Route, servers: readonly ServerStatus[]): string[][] {
  return route.targets.map((target) => {
    const jail = facts.jails.find(({ name }) => name === target.jail)
    const server = servers.find((one) => one.jail === target.jail && one.nginx !== undefined)
    return [
      targetText(target),
      shareText(facts, route, target),
      jail?.address ?? '-',
      jail?.state ?? 'missing',
      target.port !== undefined ? 'not asked: an app' : server === undefined ? '-' : nginxText(server),
    ]
  })
}

function shareText(facts: Facts, route: Route, target: Target): string {
  if (target.weight === 0) return 'drained'
  return isDrainedByRequest(facts, route, target) ? `${target.weight}; drained while a request works on it` : String(target.weight)
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
