import { z } from 'zod'
import { JailopsError } from './errors.ts'
import { siteName } from './names.ts'
import { type Site, siteSchema, type SiteSettings, siteText } from './proxy.ts'
import { mayClaim, mustBeFree } from './site-claim.ts'
import { allowedSource, redirectTarget } from './site-setting-words.ts'
import { sitePath } from './site-words.ts'
import { asCertified, reachable, returning, siteNow, type SitePlanning } from './sites.ts'

/* What an export wrote, read as if anybody could have written it: each name and setting goes through the schema that it would have when said. */

const settingsSchema = siteSchema.shape.settings.extend({
  redirect: redirectTarget.optional(),
  allow: z.array(allowedSource).min(1).optional(),
  owner: z
    .string()
    .regex(/^\P{C}{1,200}$/u, 'an owner is a person, as /whoami says it')
    .optional(),
})
const fileSchema = z
  .array(
    siteSchema.extend({
      host: siteName,
      path: sitePath.optional(),
      targets: siteSchema.shape.targets.min(1),
      settings: settingsSchema,
    }),
  )
  .min(1)
  .max(10_000)

/** As they can be here: a password or a certificate that this host does not have is left out. @throws bad_argument */
export function importedSites(context: Pick<SitePlanning, 'facts' | 'person'>, text: string): Site[] {
  const read = fileSchema.safeParse(parsed(text))
  if (!read.success) {
    const issue = read.error.issues[0]
    throw new JailopsError(
      'bad_argument',
      `The file is no list of sites as /proxy sites export writes it: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
    )
  }
  const names = read.data.map(siteText)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new JailopsError('bad_argument', `The file names ${twice} twice.`)
  return read.data.map((said) => {
    const site = { ...said, settings: settingsHere(context, said) }
    return siteNow(context.facts, site) === null ? returning(context.facts, site) : asCertified(context.facts, site)
  })
}

function settingsHere({ facts: { proxy }, person }: Pick<SitePlanning, 'facts' | 'person'>, { host, path, settings }: Site): SiteSettings {
  const now = proxy.settings[host] ?? {}
  if (path !== undefined) return now
  const { users: _hashesElsewhere, ...rest } = settings
  const isRouted = proxy.routes.some((one) => one.host === host)
  // what nobody has, everybody could change: a new site is whoever's brings it
  const owner = settings.owner ?? (isRouted ? now.owner : person)
  return {
    ...rest,
    ...(owner !== undefined && { owner }),
    // who needed a password needs one: nobody comes in before there is a new one
    ...(settings.users !== undefined && { users: now.users ?? [] }),
  }
}

/** Why which of them cannot be; none: all can. */
export function refusedSites(context: SitePlanning, sites: readonly Site[]): string[] {
  return sites.flatMap((site) => {
    try {
      check(context, site, sites)
      return []
    } catch (error) {
      if (error instanceof JailopsError) return [`${siteText(site)}: ${error.message}`]
      throw error
    }
  })
}

function check(context: SitePlanning, site: Site, all: readonly Site[]): void {
  const { facts, granted, person } = context
  const { host, path } = site
  if (path !== undefined && !all.some((one) => one.host === host && one.path === undefined)) facts.route(host)
  mayClaim(context, host)
  const owner = facts.proxy.settings[host]?.owner ?? person
  if (path === undefined && site.settings.owner !== undefined && site.settings.owner !== owner && !granted.includes('proxy.others'))
    throw new JailopsError('not_owner', `the file says that it is ${site.settings.owner}'s.`)
  if (facts.proxy.routes.every((one) => siteText(one) !== siteText(site))) mustBeFree(context, [site])
  reachable(facts, site.targets, siteText(site))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
