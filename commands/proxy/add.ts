import { z } from 'zod'
import { appPort, defineCommand, JailopsError, jailName, mayClaim, placeOf, planSites, reachable } from 'jailops'
import { showSiteName, sitePath, sitePlace, siteNow, siteText, targetText } from 'jailops'
import type { Drivers, Facts, SiteAddress, Step, Target } from 'jailops'

export default defineCommand({
  path: 'proxy add',
  summary: 'Let a host name reach a jail',
  permission: 'proxy.add',
  risk: 'change',
  grants: ['proxy.wildcard', 'proxy.others'],
  example: 'proxy add blog.example.com jail:blog',
  needs: ['jails', 'proxy'],
  names: { site: 'new' },
  args: z.object({
    site: sitePlace.describe('such as blog.example.com'),
    jail: jailName.optional().describe('if not given, the first label'),
    path: sitePath.optional().describe('only what is below, as /app'),
    port: appPort.optional().describe('of an app; no nginx needed'),
    files: z.enum(['own', 'shared']).optional().describe("own: a folder in the jail's nginx"),
  }),
  presume: ({ site }) => ({ jail: firstLabel(site) }),
  plan(context) {
    const { args, facts, drivers, person } = context
    const place = args.path === undefined ? placeOf(args.site) : placeOf(`${placeOf(args.site).host}${args.path}`)
    const name = siteText(place)
    mayClaim(context, place.host)
    const jail = facts.ownJail(args.jail ?? guessed(facts, args.site))
    const target: Target = { jail: jail.name, ...(args.port !== undefined && { port: args.port }), weight: 100 }
    const files = args.files === 'own' ? ownFiles(drivers, jail, place, args.port) : []
    const before = siteNow(facts, place)
    if (before !== null) alreadyRouted(name, before.targets, target)
    if (place.path !== undefined) facts.route(place.host)
    const [reached] = reachable(facts, [target], name)
    const settings = place.path === undefined ? { owner: person } : (facts.proxy.settings[place.host] ?? {})
    return planSites(context, [{ before, after: before ?? { ...place, targets: [target], settings } }], {
      already: `${shown(place)} goes to ${targetText(target)} already.`,
      first: [...(before === null ? files : []), ...(reached === undefined ? [] : appAnswers(drivers, place.host, reached))],
      last: () => (before === null ? [] : files),
      outcome: [
        { name: 'Site', value: shown(place) },
        { name: 'Jail', value: targetText(target) },
        ...(files.length > 0
          ? [{ name: 'Files', value: `/usr/local/www/${place.host} in ${jail.name}; what lies there already stays` }]
          : []),
      ],
    })
  },
})

function firstLabel(site: string): string {
  return site.split('.')[0] ?? ''
}

function guessed({ jails }: Facts, site: string): string {
  const guess = firstLabel(site)
  if (jails.some((jail) => jail.name === guess)) return guess
  throw new JailopsError(
    'missing_argument',
    `Which jail should answer for ${site}? There is none named ${guess}; say it: /proxy add ${site} jail:NAME`,
  )
}

function shown({ host, path = '' }: SiteAddress): string {
  return path === '' ? showSiteName(host) : `${showSiteName(host)} ${path}`
}

/** @throws route_exists unless it leads there already */
function alreadyRouted(name: string, targets: readonly Target[], wanted: Target): void {
  if (targets.some((one) => targetText(one) === targetText(wanted))) return
  const now = targets.map(targetText).join(', ') || 'a backend that is not ours'
  throw new JailopsError(
    'route_exists',
    `${name} goes to ${now} now. To send it elsewhere: /proxy move ${name} to:${wanted.jail}. To let ${wanted.jail} answer beside it: /proxy weight ${name} jail:${wanted.jail}`,
  )
}

/** nginx inside tells hosts apart, not the paths that the front does; and an app's port is not nginx's. @throws bad_argument */
function ownFiles(drivers: Drivers, jail: Facts['jails'][number], { host, path }: SiteAddress, port: number | undefined): Step[] {
  if (path !== undefined || port !== undefined || host.startsWith('*.'))
    throw new JailopsError(
      'bad_argument',
      'Files of its own are for a whole host name that nginx in the jail answers for: no path, port or wildcard.',
    )
  return drivers.site.vhost(jail, host)
}

/** Before anybody is sent there. */
function appAnswers(drivers: Drivers, host: string, { jail, address, port }: Target & { address: string }): Step[] {
  if (port === undefined) return []
  return [
    {
      title: `Wait until the app in ${jail} answers on port ${port}`,
      action: { kind: 'await', timeoutSeconds: 30 },
      done: {
        kind: 'http',
        address: drivers.endpoint(address).address,
        port,
        path: '/',
        hostHeader: host.replace(/^\*\./, 'jailops-check.'),
        statusFrom: 100,
        statusTo: 499,
      },
    },
  ]
}
