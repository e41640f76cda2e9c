import { z } from 'zod'
import {
  appPort,
  defineCommand,
  jailName,
  JailopsError,
  mustOwn,
  placeOf,
  planSites,
  shares,
  siteOf,
  sitePlace,
  targetsText,
  targetText,
} from 'jailops'
import type { Target } from 'jailops'

export default defineCommand({
  path: 'proxy weight',
  summary: 'Several jails behind a site, and the share of one',
  permission: 'proxy.weight',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy weight blog.example.com jail:blog2 share:10%',
  needs: ['jails', 'proxy'],
  args: z.object({
    site: sitePlace.describe('which site'),
    jail: jailName.describe('there already, or new'),
    share: z
      .string()
      .regex(/^(off|(100|[1-9]?[0-9])%?)$/, 'write a share such as 10%, or off')
      .optional()
      .describe('10%, or off; equal if not given'),
    port: appPort.optional().describe('of an app'),
  }),
  plan(context) {
    const { args, facts } = context
    const place = placeOf(args.site)
    const before = siteOf(facts, facts.route(place.host, place.path))
    mustOwn(context, place.host)
    const targets = shared(before.targets, args)
    if (targets.every(({ weight }) => weight === 0))
      throw new JailopsError(
        'bad_argument',
        `Then nobody would answer for ${args.site}. To show a maintenance page: /proxy disable ${place.host}`,
      )
    return planSites(context, [{ before, after: { ...before, targets } }], {
      already: `${args.site} is shared like that already: ${targetsText(targets)}.`,
      outcome: [{ name: 'Site', value: `${args.site}: ${targetsText(targets)}` }],
    })
  },
})

function shared(
  now: readonly Target[],
  { jail, share, port }: { jail: string; share?: string | undefined; port?: number | undefined },
): Target[] {
  const wanted: Target = { jail, ...(port !== undefined && { port }), weight: 0 }
  const isIt = (one: Target) => (port === undefined ? one.jail === jail : targetText(one) === targetText(wanted))
  const [found, another] = now.filter(isIt)
  if (another !== undefined)
    throw new JailopsError(
      'missing_argument',
      `${jail} answers there on several ports. Say which: port:${another.port ?? found?.port ?? ''}`,
    )
  const target = found ?? wanted
  const others = now.filter((one) => one !== found)
  if (share === 'off') {
    if (found === undefined) throw new JailopsError('nothing_to_do', `${jail} is not behind this site. Behind it: ${targetsText(now)}.`)
    return shares(others, undefined, 0)
  }
  const all = found === undefined ? [...now, target] : [...now]
  return share === undefined ? equal(all, target) : shares(all, target, Number(share.replace('%', '')))
}

/** Who is drained stays so. */
function equal(targets: readonly Target[], wanted: Target): Target[] {
  return shares(
    targets.map((one) => ({ ...one, weight: one === wanted || one.weight > 0 ? 1 : 0 })),
    undefined,
    0,
  )
}
