import { z } from 'zod'
import { sha256 } from '../../core/canonical.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { emptyCertificateList } from '../../host/proxy/certificates/places.ts'
import { type Bundle, gotMark, isFor, lifeOf, namesOf, readBundle } from '../../host/proxy/certificates/pem.ts'
import { createCertificateSocket, sha1Of } from '../../host/proxy/certificates/socket.ts'
import { changedSince, type Effect, type EffectDeps, parseBefore, type Standing } from './effect.ts'
import { valueIn, withEntry } from './map-text.ts'

type CertificateAction = Extract<Action, { kind: 'certificate' }>

/** Digests, for the journal is no place for a key: the old file itself lies beside the new one. */
const beforeSchema = z.strictObject({ file: z.string().nullable(), next: z.string().nullable() })
const onlyOwner = 0o600

/**
 * The files first: what is only in the running HAProxy is gone after its next start, and one that does not run starts from them. Then the
 * running one, read back.
 */
export function certificateEffect({ shell, now }: EffectDeps, action: CertificateAction): Effect {
  const { path, site, from } = action
  const kept = `${path}.before`
  const haproxy = action.haproxy === undefined ? undefined : atHaproxy(shell, action.haproxy, path, site)
  const wanted = async (): Promise<Showing | null> => {
    if (from === null) return null
    const text = await shell.readFile(from)
    if (text === undefined) throw new JailopsError('certificate_invalid', `${from} is not there any more. Put it there and ask again.`)
    const bundle = readBundle(text, from)
    // what somebody chose by its fingerprint they got themselves
    const isGot = action.fingerprint === undefined && text.startsWith(gotMark)
    return { ...bundle, file: (isGot ? gotMark : '') + bundle.text }
  }

  /** A name in the list whose file is not there keeps HAProxy from starting: so the file comes first and goes last. */
  const show = async (bundle: Showing | null) => {
    if (bundle !== null) await shell.writeFile(path, bundle.file, onlyOwner)
    await haproxy?.show(bundle)
    if (bundle === null) await shell.removeFile(path)
  }

  return {
    capture: async () => {
      const bundle = await wanted()
      if (from !== null && bundle !== null) {
        await mustBePrivate(shell, from)
        mustBeRight(action, from, bundle, now())
      }
      const old = await shell.readFile(path)
      if (old === undefined) await shell.removeFile(kept)
      else await shell.writeFile(kept, old, onlyOwner)
      return JSON.stringify({ file: digest(old), next: digest(bundle?.file) } satisfies z.infer<typeof beforeSchema>)
    },
    perform: async () => {
      const bundle = await wanted()
      if (from !== null && bundle !== null) mustBeRight(action, from, bundle, now())
      await show(bundle)
    },
    check: async () => {
      const bundle = await wanted().catch(() => undefined)
      if (bundle === undefined) return 'half'
      if ((await shell.readFile(path)) !== bundle?.file) return 'not'
      return (await haproxy?.standing(bundle)) ?? 'done'
    },
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      if (old === undefined) return
      const standing = await shell.readFile(path)
      const isBack = digest(standing) === old.file
      if (!isBack && digest(standing) !== old.next) throw changedSince(path)
      const text = isBack ? standing : await shell.readFile(kept)
      if (digest(text) !== old.file) {
        throw new JailopsError('undo_failed', `${kept}, the former certificate of ${site}, is not there any more. Ask for a new one.`)
      }
      await show(text === undefined ? null : { ...readBundle(text, path), file: text })
      await shell.removeFile(kept)
    },
  }
}

/** What HAProxy is told beside the file: the list that it reads at its start, and the running one. nginx is told by its own configuration. */
function atHaproxy(
  shell: EffectDeps['shell'],
  { socket, list }: NonNullable<CertificateAction['haproxy']>,
  path: string,
  site: string,
): { show(bundle: Showing | null): Promise<void>; standing(bundle: Showing | null): Promise<Standing> } {
  const running = createCertificateSocket(shell, socket)
  const listText = async () => (await shell.readFile(list)) ?? emptyCertificateList
  return {
    async show(bundle) {
      const text = await listText()
      const changed = withEntry(text, path, bundle === null ? null : site)
      if (changed !== text) await shell.writeFile(list, changed, onlyOwner)
      if ((await running.shown(path)) === 'away') return
      if (bundle === null) await running.remove(list, path)
      else await running.put({ list, path, site, leaf: bundle.leaf, text: bundle.text })
    },
    async standing(bundle) {
      if (valueIn(await listText(), path) !== (bundle === null ? undefined : site)) return 'not'
      const live = await running.shown(path)
      if (live === 'away') return 'done'
      const entries = await running.listed(list, path)
      const isListed = entries.join() === (bundle === null ? '' : site)
      return isListed && live === (bundle === null ? undefined : sha1Of(bundle.leaf)) ? 'done' : 'half'
    },
  }
}

interface Showing extends Bundle {
  /** As it stands in the file. */
  file: string
}

/** Whoever could read or write it has the key, or chooses it. */
async function mustBePrivate(shell: EffectDeps['shell'], from: string): Promise<void> {
  const status = await shell.stat(from)
  if (status?.kind === 'file' && (status.mode & 0o077) === 0) return
  throw new JailopsError(
    'certificate_invalid',
    `${from} holds a key, so nobody but root may read it: chown root ${from} && chmod 600 ${from}`,
  )
}

function mustBeRight({ site, fingerprint }: CertificateAction, from: string, { leaf }: Bundle, at: number): void {
  const refuse = (what: string) => new JailopsError('certificate_invalid', `The certificate of ${from} ${what}`)
  if (fingerprint !== undefined && leaf.fingerprint256 !== fingerprint) {
    throw refuse('is another one than was approved. Ask again, so that this one is.')
  }
  const names = namesOf(leaf)
  if (!isFor(site, names)) throw refuse(`is for ${names.join(', ') || 'no name'}, not for ${site}.`)
  const { startsAt, expiresAt } = lifeOf(leaf)
  if (at >= expiresAt) throw refuse(`has ended on ${leaf.validTo}. Get a new one.`)
  if (at < startsAt) throw refuse(`does not hold before ${leaf.validFrom}. Is the clock of this host right?`)
}

function digest(text: string | undefined): string | null {
  return text === undefined ? null : sha256(text)
}
