import { X509Certificate } from 'node:crypto'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { certificatesIn, gotMark, isFor, lifeOf, namesOf, readBundle } from '../../host/proxy/certificates/pem.ts'
import type { AcmeChallenge } from '../acme/authority.ts'
import { obtain } from '../acme/certificate.ts'
import { accountKey, openOrderFile } from '../acme/files.ts'
import { AuthorityProblem, refusalOf } from '../acme/problem.ts'
import type { Effect, EffectDeps, RunOptions } from './effect.ts'
import { proxyMapEffect } from './map-entry.ts'

type AcmeAction = Extract<Action, { kind: 'acme' }>

/**
 * Cut off in the middle it goes on with the same order and the same key. What was got and not shown yet is not asked for again: authorities
 * count. So there is nothing to take back but the lines that the authority was to read.
 */
export function acmeEffect(deps: EffectDeps, action: AcmeAction, inMapsTurn: InTurn): Effect {
  const orders = openOrderFile(deps.shell, action.to, action.directory)
  const unanswer = async (options: RunOptions) => {
    const order = await orders.read()
    for (const token of order?.tokens ?? []) await inMapsTurn(() => tell(deps, action, token, null, options))
    if (order !== undefined && order.tokens.length > 0) await orders.keep({ ...order, tokens: [] })
  }
  return {
    capture: async () => null,
    perform: async (options) => {
      await deps.shell.makeFolder(action.folder, 0o700)
      await unanswer(options)
      try {
        if (!(await isGot(deps, action))) await get(deps, action, options, inMapsTurn)
      } catch (error) {
        if (!(error instanceof AuthorityProblem)) throw error
        throw refusalOf(error, { site: action.site, authority: new URL(action.directory).host })
      } finally {
        await unanswer(options)
      }
      await orders.forget()
    },
    check: async () => ((await isGot(deps, action)) && (await orders.read()) === undefined ? 'done' : 'half'),
    revert: async (_before, options) => {
      await unanswer(options)
      const { answers } = action
      if ('map' in answers) await inMapsTurn(() => deps.shell.removeDraft(answers.map))
    },
  }
}

/** Holds while one line of the map is changed, or the account is made: others do so, too. */
type InTurn = <T>(work: () => Promise<T>) => Promise<T>

async function get(deps: EffectDeps, action: AcmeAction, options: RunOptions, inMapsTurn: InTurn): Promise<void> {
  const { shell, sleep, now } = deps
  const { site, directory, caFile, contact, folder, to, timeoutSeconds } = action
  const orders = openOrderFile(shell, to, directory)
  const deadline = now() + timeoutSeconds * 1000
  // some 25 MB of packages, for a moment every other month
  const { openAuthority } = await import('../acme/authority.ts')
  const authority = await openAuthority({
    directory,
    caFile,
    contact,
    accountKey: await inMapsTurn(() => accountKey(shell, folder, directory)),
  })
  const bundle = await obtain({
    authority,
    site,
    kept: await orders.read(),
    keep: orders.keep,
    sleep,
    hasTime: () => now() < deadline,
    answer: async (challenge) => {
      const order = await orders.read()
      if (order !== undefined) await orders.keep({ ...order, tokens: [...new Set([...order.tokens, challenge.token])] })
      await inMapsTurn(() => tell(deps, action, challenge.token, challenge.thumbprint, options))
      await mustBeRead(deps, action, challenge)
    },
  })
  const { leaf, text } = readBundle(bundle, `What ${new URL(directory).host} gave out`)
  if (!isFor(site, namesOf(leaf))) {
    throw new JailopsError('certificate_invalid', `${new URL(directory).host} gave out a certificate that is not for ${site}.`)
  }
  await shell.writeFile(to, gotMark + text, 0o600)
}

/** Lets the front answer with both; null: no more. */
async function tell(
  deps: EffectDeps,
  { answers }: AcmeAction,
  token: string,
  thumbprint: string | null,
  options: RunOptions,
): Promise<void> {
  if ('map' in answers) {
    const { socket, map } = answers
    return proxyMapEffect(deps, { kind: 'proxy-map', socket, path: map, key: token, value: thumbprint }).perform(options)
  }
  if (!/^[A-Za-z0-9_-]+$/.test(token))
    throw new JailopsError('authority_refused', `The authority wants ${JSON.stringify(token)} read, which is no token.`)
  const path = `${answers.folder}/${token}`
  if (thumbprint === null) {
    await deps.shell.removeDraft(path)
    return deps.shell.removeFile(path)
  }
  // nginx' workers, who are not root, read it: it is public by then
  await deps.shell.makeFolder(answers.folder, 0o755)
  await deps.shell.writeFile(path, `${token}.${thumbprint}`, 0o644)
}

/** A proof that fails counts against us at the authority: so it is tried here before. */
async function mustBeRead({ shell }: EffectDeps, { front, site }: AcmeAction, { token, thumbprint }: AcmeChallenge): Promise<void> {
  const path = `/.well-known/acme-challenge/${token}`
  const { status, body } = await shell.httpGet({ ...front, path, hostHeader: site, timeoutSeconds: 5 })
  if (status === 200 && body === `${token}.${thumbprint}`) return
  throw new JailopsError(
    'step_failed',
    `The front does not answer for ${site} what an authority wants to read (it says ${status}), so none was asked. Is the site routed, and the configuration of the proxy as jailops wrote it? See /proxy test ${site}.`,
  )
}

/** There is one that is not shown yet, and it is young: nine tenths of its life are left. */
async function isGot({ shell, now }: EffectDeps, { to, shown, site }: AcmeAction): Promise<boolean> {
  const text = await shell.readFile(to)
  const [got] = certificatesIn(text ?? '')
  const [old] = certificatesIn((await shell.readFile(shown)) ?? '')
  if (text === undefined || got === undefined || got.fingerprint256 === old?.fingerprint256) return false
  return isFor(site, namesOf(got)) && isYoung(got, now())
}

function isYoung(certificate: X509Certificate, at: number): boolean {
  const { startsAt, expiresAt } = lifeOf(certificate)
  return expiresAt - at > (expiresAt - startsAt) * 0.9
}
