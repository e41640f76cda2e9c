import type { Layout } from '../../../core/layout.ts'
import { inBatches } from '../../facts/batches.ts'
import type { Shell } from '../../shell.ts'
import { frontFile, listensForTls } from '../configuration.ts'
import { entriesOf } from '../maps.ts'
import { type Reconciled, trying } from '../mending.ts'
import { certificatesIn, isFor, namesOf, readBundle } from './pem.ts'
import { certificateFile, certificateList } from './places.ts'
import { createCertificateSocket, type Entry, sha1Of } from './socket.ts'

/**
 * Makes the running HAProxy show the certificates of the files, each to whom the list says. One that was changed there by hand counts, as it
 * would after a restart; one that HAProxy was told of beside the files is as gone as it would be then.
 */
export async function reconcileCertificates(shell: Shell, layout: Layout, result: Reconciled): Promise<void> {
  const list = certificateList(layout)
  const front = await shell.readFile(`${layout.haproxy.configFolder}/${frontFile}`)
  if (front === undefined || !listensForTls(front)) return
  const text = await shell.readFile(list)
  if (text === undefined) return void result.problems.push(`${list} is missing.`)
  const wanted = [...entriesOf(text)].map(([path, site]) => ({ path, site }))
  const foreign = wanted.find(({ path, site }) => path !== certificateFile(layout, site))
  // a list that somebody else writes is theirs
  if (foreign !== undefined) return void result.problems.push(`${list} has a line that jailops did not write, for ${foreign.path}.`)
  const haproxy = createCertificateSocket(shell, layout.haproxy.socket)
  const entries = await haproxy.entries(list)
  if (entries === undefined) return void result.lacking.push('The running HAProxy does not listen for https.')
  for (const path of new Set(entries.map((entry) => entry.path))) {
    if (wanted.some((entry) => entry.path === path)) continue
    await trying(result, `HAProxy shows no ${path} any more: no file says that it should.`, () => haproxy.remove(list, path))
  }
  const shown = await haproxy.fingerprints(wanted.map(({ path }) => path))
  const listed = Map.groupBy(entries, ({ path }) => path)
  const found = await inBatches(wanted, async (entry) => ({ ...entry, pem: await shell.readFile(entry.path) }))
  for (const { path, site, pem } of found) {
    const problem = problemOf(path, site, pem)
    if (problem !== undefined) result.problems.push(problem)
    else if (!isShown(site, pem ?? '', shown.get(path), listed.get(path))) {
      await trying(result, `The certificate of ${site} in the running HAProxy is as its file again.`, () =>
        haproxy.put({ list, path, site, ...readBundle(pem ?? '', path) }),
      )
    }
  }
}

function problemOf(path: string, site: string, pem: string | undefined): string | undefined {
  const again = `Get another: /proxy https renew ${site}, or /proxy https upload ${site}.`
  if (pem === undefined) return `${path} is gone, and HAProxy would not start without it. ${again}`
  const [leaf] = certificatesIn(pem)
  if (leaf === undefined) return `${path} holds no certificate, and HAProxy would not start with it. ${again}`
  return isFor(site, namesOf(leaf)) ? undefined : `${path} is for ${namesOf(leaf).join(', ') || 'no name'}, not for ${site}. ${again}`
}

function isShown(site: string, pem: string, fingerprint: string | undefined, entries: readonly Entry[] = []): boolean {
  const [leaf] = certificatesIn(pem)
  return leaf !== undefined && fingerprint === sha1Of(leaf) && entries.map((entry) => entry.site).join() === site
}
