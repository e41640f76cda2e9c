import type { Layout } from '../../core/layout.ts'
import type { Certificate } from '../../core/proxy.ts'
import { certificatesIn, gotMark, lifeOf, namesOf } from '../proxy/certificates/pem.ts'
import { certificateList } from '../proxy/certificates/places.ts'
import { entriesOf } from '../proxy/maps.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'

/** Those that are shown, by the list that HAProxy reads. Of their files only what all may know is kept. */
export async function observeCertificates(shell: Shell, layout: Layout): Promise<Certificate[]> {
  const listed = entriesOf((await shell.readFile(certificateList(layout))) ?? '')
  return inBatches([...listed], ([path, site]) => certificateSeen(shell, path, site))
}

/** Ours to renew is what we got: another one was put there by somebody else. */
export async function certificateSeen(shell: Shell, path: string, site: string): Promise<Certificate> {
  const text = (await shell.readFile(path)) ?? ''
  const isRenewed = text.startsWith(gotMark)
  const [leaf] = certificatesIn(text)
  if (leaf === undefined) return { site, names: [site], path, startsAt: 0, expiresAt: 0, issuer: 'cannot be read', isRenewed }
  return { site, names: namesOf(leaf), path, ...lifeOf(leaf), issuer: issuerOf(leaf.issuer), isRenewed }
}

/** A line a part: the organisation, or else the name. */
function issuerOf(issuer: string): string {
  const part = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(issuer)?.[1]
  return part('O') ?? part('CN') ?? issuer.replaceAll('\n', ', ')
}
