import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'

/** RFC 7807, as RFC 8555 uses it. */
const problemSchema = z.looseObject({
  type: z.string().default('about:blank'),
  detail: z.string().default(''),
  status: z.number().optional(),
})

/** What an authority says when it says no. */
export class AuthorityProblem extends Error {
  readonly type: string
  readonly retryAfterSeconds: number | undefined

  constructor(type: string, detail: string, retryAfterSeconds?: number) {
    super(detail)
    this.name = 'AuthorityProblem'
    this.type = type
    this.retryAfterSeconds = retryAfterSeconds
  }
}

const badNonce = 'badNonce'

/** A nonce that was used up is the client's own business, which takes a new one. */
export function problemIn(status: number, body: unknown, retryAfter: unknown): AuthorityProblem | undefined {
  const problem = problemOf(body, retryAfter)
  if (status < 400 || problem?.type === badNonce) return undefined
  return problem ?? new AuthorityProblem('about:blank', `it answered ${status}`, secondsIn(retryAfter))
}

export function problemOf(body: unknown, retryAfter?: unknown): AuthorityProblem | undefined {
  const read = problemSchema.safeParse(body)
  if (!read.success) return undefined
  return new AuthorityProblem(read.data.type.replace(/^.*:/, ''), read.data.detail, secondsIn(retryAfter))
}

/** As a person is told: what the authority said, and what to do. */
export function refusalOf(problem: AuthorityProblem, { site, authority }: { site: string; authority: string }): JailopsError {
  const words = problem.message.replaceAll(/\s+/g, ' ').trim().slice(0, 600)
  const said = /[.!?]$/.test(words) ? words : `${words}.`
  return new JailopsError('authority_refused', `${authority} gave out no certificate for ${site}: ${said} ${whatToDo(problem, site)}`, {
    cause: problem,
  })
}

function whatToDo({ type, retryAfterSeconds }: AuthorityProblem, site: string): string {
  switch (type) {
    case 'rateLimited': {
      const when = retryAfterSeconds === undefined ? 'later' : `in ${Math.ceil(retryAfterSeconds / 60)} minutes`
      return `That is a limit of how many it gives out: ask again ${when}. To try things out, set acme.directory of the host's layout to its staging.`
    }
    case 'dns':
      return `Let the name ${site} lead to this host (an A record), wait until it does, and ask again. See /proxy test ${site}.`
    case 'connection':
    case 'unauthorized':
    case 'incorrectResponse':
      return `It must reach port 80 of ${site} on this host: see that the name leads here and here alone (an AAAA record counts, too), and that no firewall is between. See /proxy test ${site}.`
    case 'caa':
      return `A CAA record of the domain names other authorities: let it name this one, or take it away.`
    case 'rejectedIdentifier':
    case 'unsupportedIdentifier':
      return 'It gives out none for such a name. Use one that the world knows, or upload a certificate of your own: /proxy https upload'
    case 'externalAccountRequired':
      return 'It wants an account that was made there before, which jailops cannot use. Name another authority: acme.directory of the layout.'
    case 'userActionRequired':
      return 'Look at what it asks for, then ask again.'
    default:
      return 'Ask again later; the one that is shown now, if any, stays.'
  }
}

/** A number of seconds, or a date. */
function secondsIn(header: unknown): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds)
  const until = Date.parse(header)
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - Date.now()) / 1000))
}
