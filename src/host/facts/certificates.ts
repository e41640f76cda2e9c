import type { Layout } from '../../core/layout.ts'
import type { Certificate } from '../../core/proxy.ts'
import { certificatesIn, lifeOf, namesOf } from '../proxy/certificates/pem.ts'
import { certificateList, gotFile } from '../proxy/certificates/places.ts'
import { entriesOf } from '../proxy/maps.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'

/** Those that are shown, by the list that HAProxy reads. Of their files only what all may know is kept. */
export async function observeCertificates(shell: Shell, layout: Layout): Promise<Certificate[]> {
  const listed = entriesOf((await shell.readFile(certificateList(layout))) ?? '')
  return inBatches([...listed], ([path, site]) => certificateSeen(shell, layout, path, site))
}

/** Ours to renew is the one that we got last: another one was put there by somebody else. */
async function certificateSeen(shell: Shell, layout: Layout, path: string, site: string): Promise<Certificate> {
  const leafOf = async (file: string) => certificatesIn((await shell.readFile(file)) ?? '')[0]
  const [leaf, got] = await Promise.all([leafOf(path), leafOf(gotFile(layout, site))])
  if (leaf === undefined) return { names: [site], path, startsAt: 0, expiresAt: 0, issuer: 'cannot be read', isRenewed: false }
  return {
    names: namesOf(leaf),
    path,
    ...lifeOf(leaf),
    issuer: issuerOf(leaf.issuer),
    isRenewed: leaf.fingerprint256 === got?.fingerprint256,
  }
}

/** A line a part: the organisation, or else the name. */
function issuerOf(issuer: string): string {
  const part = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(issuer)?.[1]
  return part('O') ?? part('CN') ?? issuer.replaceAll('\n', ', ')
}
