import { z } from 'zod'
import { siteName } from './names.ts'

/* What settings of a site may be, as people say it. Each comes out as it is written into a map: one way only. */

/** Behind the host there is at most a path: the path and the query of each request are put behind it. */
export const redirectTarget = z.string().transform((input, context) => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message, input })
    return z.NEVER
  }
  if (input === 'off') return input
  const [, scheme, host, port = '', path = ''] = /^(https?):\/\/([^/:?#@\s]+)(:[0-9]{1,5})?((?:\/[A-Za-z0-9._~-]+)*)\/?$/.exec(input) ?? []
  if (scheme === undefined || host === undefined || Number(port.slice(1)) > 65_535)
    return refuse('write it as https://www.example.com, with a path at most and no query; or off')
  const name = siteName.safeParse(host)
  if (name.data === undefined || name.data.startsWith('*.')) return refuse(name.error?.issues[0]?.message ?? 'one name only, no wildcard')
  return `${scheme}://${name.data}${port}${path}`
})

/** A network is said by its own address, as HAProxy makes it of a client's. */
export const allowedSource = z.string().transform((input, context) => {
  const [, address = '', bits] = /^([0-9.]+)(?:\/([0-9]+))?$/.exec(input) ?? []
  if (z.ipv4().safeParse(address).success && (bits === undefined || bits === '32')) return address
  if (z.ipv4().safeParse(address).success && bits === '24') return `${address.split('.').slice(0, 3).join('.')}.0/24`
  if (z.ipv4().safeParse(address).success && bits === '16') return `${address.split('.').slice(0, 2).join('.')}.0.0/16`
  context.addIssue({
    code: 'custom',
    message: 'write an IPv4 address, or a network of 24 or 16 bits, such as 192.0.2.0/24; others cannot be looked up without a reload',
    input,
  })
  return z.NEVER
})

export const siteUser = z.string().regex(/^[a-z][a-z0-9._-]{0,31}$/, 'a user is named by up to 32 lower-case letters, digits and . _ -')
