import { domainToASCII, domainToUnicode } from 'node:url'
import { z } from 'zod'

/** Words that some manager reads as something else than a jail's name. */
const reservedJailNames = new Set(
  (
    'all jail jails template templates release releases base host none default iocage bastille ' +
    'basejail newjail fulljail flavours ezjailtemp ezjail root new trash help ' +
    // bastille stops whoever has the word in its settings.conf, as if it needed that jail
    'boot on off depend priority'
  ).split(' '),
)
/** Bastille takes these for releases: such a jail can be made there but not destroyed. */
const releaseLike = /-(release|current|stable|rc[0-9]*|beta[0-9]*|alpha[0-9]*)$/

/** One rule for every manager, so that no name means something else to one of them. */
export const jailName = z
  .string()
  .max(32, 'a jail name has at most 32 characters')
  .regex(/^[a-z][a-z0-9-]*$/, 'a jail name has lower-case letters a-z, digits and hyphens only, and begins with a letter')
  .refine((name) => !name.endsWith('-'), 'a jail name does not end in a hyphen')
  .refine((name) => !name.startsWith('ioc-'), 'ioc- is how iocage begins its own names')
  .refine((name) => !reservedJailNames.has(name) && !releaseLike.test(name), 'this word is reserved by a jail manager; choose another name')

export const snapshotName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'a snapshot is named by up to 64 lower-case letters, digits, dots, hyphens and underscores')

export const tagName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a tag has up to 32 lower-case letters, digits and hyphens')

export const releaseName = z
  .string()
  .regex(/^[0-9]{2}\.[0-9]-(RELEASE|BETA[0-9]|RC[0-9])$/, 'a release is named as in 15.1-RELEASE, 15.2-BETA1 or 15.2-RC1')

/** What we call a jail's backend, everywhere. */
export function backendOf(jail: string): string {
  return `jail_${jail}`
}

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const allowedInput = /^(\*\.)?[\p{L}\p{M}\p{N}.-]+$/u

/**
 * A site's host name as HAProxy will see it: lower case, ASCII (IDNA), `*.` only in front.
 * The input's own characters are looked at first, since domainToASCII drops or decodes what it should refuse.
 */
export const siteName = z.string().transform((input, context) => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message, input })
    return z.NEVER
  }
  if (input === '') return refuse('a host name is missing; write one such as blog.example.com')
  if (input.length > 1000) return refuse('a host name has at most 253 characters')
  if (!allowedInput.test(input)) {
    return refuse(
      input.includes('*')
        ? 'a wildcard may only stand in front, as in *.example.com'
        : 'a host name has letters, digits, hyphens and dots only; no scheme, port, path, space or quote',
    )
  }
  const wildcard = input.startsWith('*.')
  const ascii = domainToASCII((wildcard ? input.slice(2) : input).replace(/\.$/, '')).toLowerCase()
  const labels = ascii.split('.')
  if (ascii.length + (wildcard ? 2 : 0) > 253) return refuse('a host name has at most 253 characters')
  if (ascii === '' || !labels.every((part) => label.test(part))) {
    return refuse('every part of a host name has 1 to 63 letters, digits or hyphens, and no hyphen at its ends')
  }
  // domainToUnicode leaves standing what stands for nothing; no browser would ever ask for it.
  if (/(^|\.)xn--/.test(domainToUnicode(ascii))) return refuse('this xn-- name stands for no name; write the name as people read it')
  if (labels.length < 2) return refuse('a host name needs a domain, as in blog.example.com')
  if (/^[0-9]+$/.test(labels.at(-1) ?? '')) return refuse('a bare address is no host name; write a name such as blog.example.com')
  return wildcard ? `*.${ascii}` : ascii
})

/** Both forms where they differ, so that a look-alike shows itself. */
export function showSiteName(ascii: string): string {
  const unicode = domainToUnicode(ascii.replace(/^\*\./, ''))
  const shown = ascii.startsWith('*.') ? `*.${unicode}` : unicode
  return shown === ascii ? ascii : `${ascii} (${shown})`
}

/** What a host is called in config and in `host:`. */
export const hostName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a host is named by lower-case letters, digits and hyphens')

/** Request ids are 16 random lower-case letters and digits, beginning with a letter: never an integer, never a colon. */
export const requestId = z.string().regex(/^r[a-z0-9]{15}$/, 'a request id looks like r4k2… : copy it from the card')
