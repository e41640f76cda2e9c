import { generateKeyPairSync } from 'node:crypto'
import { JailopsError } from '../../core/errors.ts'
import type { AcmeChallenge, AcmeOrder, Authority } from './authority.ts'
import type { OpenOrder } from './files.ts'
import { AuthorityProblem, problemOf } from './problem.ts'

export interface ObtainDeps {
  authority: Authority
  site: string
  /** The order of an earlier try, and where this one's is kept, so that what was given out is never lost. */
  kept: OpenOrder | undefined
  keep(order: OpenOrder): Promise<void>
  /** Lets the authority read it, and has read it as the authority will. */
  answer(challenge: AcmeChallenge): Promise<void>
  sleep(milliseconds: number): Promise<void>
  /** Whether there is still time. */
  hasTime(): boolean
}

const pollMilliseconds = 1000
/** Busy for so long is worth waiting for; longer is said. */
const shortSeconds = 15
const tries = 3

/** From wherever an order stands to its certificate, with chain and key. @throws AuthorityProblem, JailopsError */
export async function obtain(deps: ObtainDeps): Promise<string> {
  const { authority, site } = deps
  const { order, key } = (await takeUp(deps)) ?? (await begin(deps))
  const ready = order.status === 'pending' ? await prove(deps, order) : order
  const asked = ready.status === 'ready' ? await patiently(deps, () => authority.finalize(ready, key, site)) : ready
  const valid = await until(deps, asked, ['valid'])
  return `${key.trimEnd()}\n${await patiently(deps, () => authority.certificate(valid))}`
}

/** What a killed worker, or a proof that did not work yet, left open. */
async function takeUp({ authority, kept }: ObtainDeps): Promise<{ order: AcmeOrder; key: string } | undefined> {
  if (kept === undefined) return undefined
  try {
    const order = await authority.order(kept.url)
    return order.status === 'invalid' ? undefined : { order, key: kept.key }
  } catch (error) {
    if (error instanceof AuthorityProblem) return undefined
    throw error
  }
}

async function begin(deps: ObtainDeps): Promise<{ order: AcmeOrder; key: string }> {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const order = await patiently(deps, () => deps.authority.begin(deps.site))
  await deps.keep({ url: order.url, key: privateKey, tokens: [] })
  return { order, key: privateKey }
}

async function prove(deps: ObtainDeps, order: AcmeOrder): Promise<AcmeOrder> {
  const open = await deps.authority.challenges(order)
  for (const challenge of open) await deps.answer(challenge)
  for (const challenge of open) if (!challenge.isUnderway) await patiently(deps, () => challenge.ready())
  // throws what the authority found wrong
  while ((await deps.authority.challenges(order)).length > 0) await pause(deps)
  return until(deps, order, ['ready', 'valid'])
}

async function until(deps: ObtainDeps, order: AcmeOrder, wanted: readonly AcmeOrder['status'][]): Promise<AcmeOrder> {
  let now = order
  while (!wanted.includes(now.status)) {
    if (now.status === 'invalid') throw problemOf(now.error) ?? new AuthorityProblem('about:blank', 'it gave the order up.')
    await pause(deps)
    now = await deps.authority.order(order.url)
  }
  return now
}

async function pause({ sleep, hasTime, site }: ObtainDeps): Promise<void> {
  if (!hasTime()) {
    throw new JailopsError(
      'timed_out',
      `The authority took too long over the certificate for ${site}. Ask again: the same order is taken up where it stands.`,
    )
  }
  await sleep(pollMilliseconds)
}

async function patiently<T>({ sleep, hasTime }: ObtainDeps, work: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await work()
    } catch (error) {
      const wait = error instanceof AuthorityProblem ? error.retryAfterSeconds : undefined
      if (wait === undefined || wait > shortSeconds || turn === tries || !hasTime()) throw error
      await sleep(wait * 1000)
    }
  }
}
