import acme from 'acme-client'
import { AuthorityProblem, problemIn, problemOf } from './problem.ts'
import { askAuthority } from './request.ts'

/** An authority with our account there (RFC 8555). Loaded where a certificate is wanted, and not before: it is large. */
export interface Authority {
  begin(site: string): Promise<AcmeOrder>
  /** An order of before. @throws AuthorityProblem where it knows it no more */
  order(url: string): Promise<AcmeOrder>
  /** What of it is still to be proved, by http-01. @throws AuthorityProblem where something cannot be, or did not work */
  challenges(order: AcmeOrder): Promise<AcmeChallenge[]>
  finalize(order: AcmeOrder, key: string, site: string): Promise<AcmeOrder>
  /** The leaf with its chain. */
  certificate(order: AcmeOrder): Promise<string>
}

export type AcmeOrder = Awaited<ReturnType<acme.Client['getOrder']>>

export interface AcmeChallenge {
  token: string
  /** Of our account's key. */
  thumbprint: string
  /** That it may look now; again is harmless. */
  ready(): Promise<void>
  /** It has been told, and has not looked yet. */
  isUnderway: boolean
}

interface Options {
  directory: string
  caFile: string | undefined
  contact: string | undefined
  accountKey: string
}

/** The package has one way out for all its clients, which would hide why a request failed, and wait for days where it is told to. */
const caFiles = new Map<string, string>()
acme.axios.defaults.adapter = async (config) => {
  const url = config.url ?? ''
  const headers = Object.fromEntries(Object.entries(config.headers.toJSON()).map(([name, value]) => [name, String(value)]))
  const body = typeof config.data === 'string' ? config.data : undefined
  const reply = await askAuthority({ url, method: config.method ?? 'get', headers, body, caFile: caFiles.get(new URL(url).origin) })
  const problem = problemIn(reply.status, jsonIn(reply.body), reply.headers['retry-after'])
  if (problem !== undefined) throw problem
  return { data: reply.body, status: reply.status, statusText: '', headers: reply.headers, config }
}

export async function openAuthority({ directory, caFile, contact, accountKey }: Options): Promise<Authority> {
  if (caFile === undefined) caFiles.delete(new URL(directory).origin)
  else caFiles.set(new URL(directory).origin, caFile)
  const client = new acme.Client({ directoryUrl: directory, accountKey })
  await haveAccount(client, contact === undefined ? [] : [`mailto:${contact}`])

  return {
    begin: (site) => client.createOrder({ identifiers: [{ type: 'dns', value: site }] }),
    order: (url) => client.getOrder({ url, status: 'pending', identifiers: [], authorizations: [], finalize: '' }),
    async challenges(order) {
      const open = (await client.getAuthorizations(order)).filter(({ status }) => status !== 'valid')
      return Promise.all(
        open.map(async ({ status, challenges }) => {
          const challenge = challenges.find((one) => one.type === 'http-01')
          if (challenge === undefined) throw new AuthorityProblem('unsupportedIdentifier', 'it does not prove this name by http-01.')
          if (status !== 'pending') throw problemOf(challenge.error) ?? new AuthorityProblem('about:blank', `the proof is ${status}.`)
          const said = await client.getChallengeKeyAuthorization(challenge)
          return {
            token: challenge.token,
            thumbprint: said.slice(challenge.token.length + 1),
            isUnderway: challenge.status !== 'pending',
            ready: async () => void (await client.completeChallenge(challenge)),
          }
        }),
      )
    },
    async finalize(order, key, site) {
      const [, request] = await acme.crypto.createCsr({ altNames: [site] }, key)
      return client.finalizeOrder(order, request)
    },
    certificate: (order) => client.getCertificate(order),
  }
}

/** The one of this key, or a new one. The package would change an old one for nothing, which an authority may refuse. */
async function haveAccount(client: acme.Client, contact: string[]): Promise<void> {
  try {
    const { contact: known = [] } = await client.createAccount({ onlyReturnExisting: true })
    if (contact.some((one) => !known.includes(one))) await client.updateAccount({ contact })
  } catch (error) {
    if (!(error instanceof AuthorityProblem) || error.type !== 'accountDoesNotExist') throw error
    await client.createAccount({ termsOfServiceAgreed: true, ...(contact.length > 0 && { contact }) })
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
