import { z } from 'zod'
import { jailName, siteName } from './names.ts'
import type { SiteAddress } from './proxy.ts'

/* A site as people say it: `blog.example.com`, or `blog.example.com/app` for what lies below a path. */

/** Plain segments only: what a browser or a server would rewrite before it looks (`..`, `%2e`, `//`) names no site. */
export const sitePath = z
  .string()
  .max(200, 'a path has at most 200 characters')
  .regex(/^(\/[A-Za-z0-9._~-]+)+\/?$/, 'a path is written as /app: letters, digits and . _ ~ - between slashes')
  .refine((path) => !path.split('/').some((part) => /^\.+$/.test(part)), 'a path has no parts that are only dots')
  .transform((path) => path.replace(/\/$/, ''))

/** Read once or twice it is the same. */
export const sitePlace = z.string().transform((input, context) => {
  const slash = input.indexOf('/')
  const host = siteName.safeParse(slash < 0 ? input : input.slice(0, slash))
  const path = slash < 0 || slash === input.length - 1 ? undefined : sitePath.safeParse(input.slice(slash))
  const problem = host.error?.issues[0] ?? path?.error?.issues[0]
  if (host.data === undefined || problem !== undefined) {
    context.addIssue({ code: 'custom', message: problem?.message ?? 'write a site as blog.example.com', input })
    return z.NEVER
  }
  return `${host.data}${path?.data ?? ''}`
})

/** What figures are asked of: a name with a dot is a site's. */
export const siteOrJail = z.string().transform((input, context) => {
  const { data, error } = (input.includes('.') ? sitePlace : jailName).safeParse(input)
  if (data !== undefined) return data
  context.addIssue({ code: 'custom', message: error?.issues[0]?.message ?? 'write a site or a jail', input })
  return z.NEVER
})

export function placeOf(site: string): SiteAddress {
  const slash = site.indexOf('/')
  return slash < 0 ? { host: site } : { host: site.slice(0, slash), path: site.slice(slash) }
}

export const appPort = z.int().min(1).max(65535)

/** Names that jailops itself asks for to see whether the front is its own, and that nobody may take. */
export function isOurOwnName(host: string): boolean {
  return host.endsWith('.invalid') || host.split('.').includes('jailops-check')
}
