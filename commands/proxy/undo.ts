import { z } from 'zod'
import {
  asCertified,
  changeText,
  defineCommand,
  JailopsError,
  mayClaim,
  mustOwn,
  planSites,
  requestId,
  returning,
  sameSite,
  siteNow,
  sitePlace,
  siteText,
} from 'jailops'
import type { Facts, PastChange, Site, SiteChange } from 'jailops'

export default defineCommand({
  path: 'proxy undo',
  summary: 'Take the newest change of a site back, or a request',
  permission: 'proxy.undo',
  risk: 'change',
  grants: ['proxy.others', 'proxy.wildcard'],
  example: 'proxy undo blog.example.com',
  needs: ['jails', 'proxy', 'siteChanges'],
  args: z.object({
    site: sitePlace.optional().describe('which site'),
    request: requestId.optional().describe('or all of a request'),
  }),
  plan(context) {
    const { args, facts } = context
    const past = chosen(facts, args)
    const changes = past.map((change) => reversed(facts, change))
    const uncertified = past.flatMap(({ before }) => (before === null ? [] : withoutCertificate(facts, before)))
    for (const site of past.flatMap(({ before }) => (before === null ? [] : [before]))) mayBringBack(context, site)
    for (const { before, after } of changes) if (before === null && after !== null) mayClaim(context, after.host)
    for (const host of new Set(past.flatMap(({ before, after }) => [before, after].flatMap((site) => (site === null ? [] : [site.host])))))
      mustOwn(context, host)
    return planSites(context, changes, {
      already: ['All is as it was before.', ...uncertified].join(' '),
      outcome: changes.map((change) => ({ name: 'Again', value: changeText(change) })),
      remarks: [
        `This takes back what ${past[0]?.person ?? ''} did by ${past[0]?.request ?? ''}.`,
        ...changes.flatMap(({ before, after }) => (before === null && after !== null ? keptOut(after) : [])),
        ...uncertified,
      ],
    })
  },
})

function keptOut({ host, path, settings: { users } }: Site): string[] {
  if (path !== undefined || users === undefined) return []
  return [`Passwords are kept nowhere, so nobody comes into ${host} before there is a new one: /proxy auth add ${host} user:NAME`]
}

function withoutCertificate(facts: Facts, site: Site): string[] {
  if (asCertified(facts, site) === site) return []
  return [`The certificate of ${site.host} is gone, so https does not come back: /proxy https on ${site.host}, or upload yours.`]
}

/** A site that is gone is nobody's now, and was somebody's. @throws not_owner */
function mayBringBack({ person, granted }: { person: string; granted: readonly string[] }, { host, settings: { owner } }: Site): void {
  if (owner === undefined || owner === person || granted.includes('proxy.others')) return
  throw new JailopsError(
    'not_owner',
    `${host} belonged to ${owner}. Ask them, or somebody who may change the sites of others (permission proxy.others).`,
  )
}

function chosen({ siteChanges }: Facts, { site, request }: { site?: string | undefined; request?: string | undefined }): PastChange[] {
  if ((site === undefined) === (request === undefined))
    throw new JailopsError('usage', 'Say which site, or request:ID. See /proxy history.')
  if (request !== undefined) {
    const all = siteChanges.filter((change) => change.request === request)
    if (all.length > 0) return all
    throw new JailopsError('unknown_request', `No change of sites by ${request} is remembered. See /proxy history.`)
  }
  const newest = siteChanges.find(({ before, after }) => [before, after].some((one) => one !== null && siteText(one) === site))
  // what lay below went with it, and comes back with it
  if (newest !== undefined)
    return [newest, ...siteChanges.filter((change) => change.request === newest.request && isBelow(change, site ?? ''))]
  throw new JailopsError('unknown_route', `No change of ${site ?? ''} is remembered. See /proxy history.`)
}

function isBelow({ before, after }: SiteChange, host: string): boolean {
  const { path, ...place } = before ?? after ?? { host: '' }
  return path !== undefined && place.host === host
}

/** @throws plan_changed where the site is no longer as that change left it */
function reversed(facts: Facts, { before: past, after, request }: PastChange): SiteChange {
  const site = past ?? after
  const now = site === null ? null : siteNow(facts, site)
  const before = past === null ? null : now === null ? returning(facts, past) : asCertified(facts, past)
  const name = site === null ? '' : siteText(site)
  if (!sameSite(now, after)) {
    throw new JailopsError(
      'plan_changed',
      `${name} has changed since ${request}, so that cannot be taken back any more. See /proxy history ${name}; it is now: ${changeText({ before: after, after: now })}`,
    )
  }
  const lost = site?.path === undefined ? usersLost(now, before) : []
  if (lost.length === 0) return { before: now, after: before }
  // gone it answers nobody, and back it does no more than that: who came by a password gets a new one
  if (now === null && before !== null) return { before: null, after: { ...before, settings: { ...before.settings, users: [] } } }
  throw new JailopsError(
    'nothing_to_do',
    `The passwords of ${lost.join(', ')} are kept nowhere, so they cannot come back. Give new ones: /proxy auth add ${site?.host ?? ''} user:${lost[0] ?? ''}`,
  )
}

/** Who would need a password that nobody has any more. */
function usersLost(now: Site | null, wanted: Site | null): string[] {
  return (wanted?.settings.users ?? []).filter((user) => now?.settings.users?.includes(user) !== true)
}
