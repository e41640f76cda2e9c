import type { Layout } from '../../../core/layout.ts'
import { backendsBeside, defaultsOfJails, nobodysBackend, rulesOfSites, whoseSite } from '../configuration.ts'

/* What stands beside a configuration of the host's own: a block in its frontend, and one file of ours for what the block names. */

/** Their file's place in our folder: a link, so that it stays where it is. */
export const theirLink = '05-theirs.cfg'

const marker = "# jailops made this file and writes it anew as a whole; it stands beside a configuration of the host's own"

export function isBesideTheirs(text: string): boolean {
  return text.startsWith(marker)
}

/** A second `global` only adds the socket to theirs. What is ours says `from jail`, so neither's defaults count for the other. */
export function besideConfiguration(layout: Layout): string {
  return `${marker}
global
  stats socket ${layout.haproxy.socket} mode 600 level admin expose-fd listeners

${defaultsOfJails}
${backendsBeside}`
}

/** Who asks for a host that is nobody's: still what their file says, or 421. */
export type Strangers = 'theirs' | 'refused'

/**
 * The lines of the block. Only sites of ours are touched by it. One of ours whose backend is missing must not fall to their default: that is
 * another tenant's. `nobody.invalid` gets 421, which shows that the block is what runs.
 */
export function blockLines(layout: Layout, strangers: Strangers): string[] {
  const isOurs = 'if { var(txn.backend) -m found }'
  const text = `  # without it a reload loses requests of idle keep-alive clients
  option idle-close-on-response
  http-request set-var(txn.host) req.fhdr(host),host_only,lower,rtrim(.)
${whoseSite(layout)}
  http-request return status 421 content-type text/plain string "no such site" if { var(txn.host) -m str nobody.invalid }

  # what a client may not say of itself
${headers.map((line) => `  http-request ${line} ${isOurs}`).join('\n')}

${rulesOfSites(layout)}
  http-request return status 503 content-type text/plain string "nobody answers for this site" ${isOurs} !{ var(txn.backend),nbsrv -m found }
  use_backend %[var(txn.backend)] ${isOurs}
${strangers === 'refused' ? `  # whoever is left: 421, and not what default_backend says\n  use_backend ${nobodysBackend}\n` : ''}`
  return ownNames(text)
    .trimEnd()
    .split('\n')
    .map((line) => line.trim())
}

export function strangersIn(block: string): Strangers {
  return block.includes(`use_backend ${nobodysBackend}`) ? 'refused' : 'theirs'
}

const headers = [
  ...['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'Forwarded', 'Proxy'].map((name) => `del-header ${name}`),
  'set-header X-Forwarded-For %[src]',
  'set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]',
  'set-header Host %[var(txn.host)]',
]

/** Their frontend may have variables and lists of the same names: of two lists with one name either may fit. */
function ownNames(text: string): string {
  const lists = new Set([...text.matchAll(/^\s*acl (\w+) /gm)].map(([, name = '']) => name))
  return [...lists].reduce(
    (all, name) => all.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `jailops_${name}`),
    text.replaceAll('txn.', 'txn.jailops_'),
  )
}
