import type { CertificateDriver } from '../../../core/drivers.ts'
import type { Facts } from '../../../core/host.ts'
import type { Step } from '../../../core/step.ts'
import { certificateFile, certificatesFolder, gotFile } from '../certificates/places.ts'
import { awaitCertificate, awaitRedirect, httpsResource, orderStep } from '../certificates/steps.ts'
import { answersFolder, siteTlsFile, tlsFile } from './places.ts'
import { changeAndReload } from './reload.ts'
import { nginxSiteTls, nginxTls } from './tls.ts'

/** Certificates as nginx in front shows them: a file a site as with HAProxy, a server that names it, and a reload. */
export function createNginxCertificates({ layout, proxy }: Pick<Facts, 'layout' | 'proxy'>): CertificateDriver {
  const { configuration, folder } = layout.nginxFront
  const file = (title: string, name: string, content: string | null): Step => ({
    title,
    action: { kind: 'nginx-config', configuration, folder, change: { what: 'file', name, content } },
  })
  let touches = false
  const show = (site: string, from: string | null, fingerprint?: string): Step => ({
    title: from === null ? `Put the certificate of ${site} away` : `Put the certificate of ${site} where nginx reads it`,
    action: { kind: 'certificate', path: certificateFile(layout, site), site, from, ...(fingerprint !== undefined && { fingerprint }) },
  })
  const bring = (site: string, from: string, fingerprint?: string): Step[] => {
    touches = true
    return [
      { title: 'Make the folder of certificates', action: { kind: 'folder', path: certificatesFolder(layout), mode: 0o700 } },
      ...changeAndReload(
        [
          show(site, from, fingerprint),
          ...(proxy.tls === true ? [] : [file(`Let nginx listen for https at ${tlsPlace}`, tlsFile, nginxTls(layout))]),
          // also where it stands: whether nginx takes the certificate is tried with it
          file(`Show it to whoever comes to https://${site}`, siteTlsFile(site), nginxSiteTls(layout, site)),
        ],
        'it reads certificates when it begins anew',
      ),
      awaitCertificate(layout, site),
    ]
  }
  const tlsPlace = `${layout.haproxy.bindAddress}:${layout.haproxy.tlsPort}`
  return {
    of: (site) => proxy.certificates.find((one) => one.site === site),
    order: (site) => [orderStep(layout, site, { folder: answersFolder(layout) }), ...bring(site, gotFile(layout, site))],
    upload: bring,
    remove(site) {
      if (!proxy.certificates.some((one) => one.site === site)) return []
      touches = true
      const changes = [file(`Show no certificate for ${site} any more`, siteTlsFile(site), null), show(site, null)]
      return proxy.running ? changeAndReload(changes, `it shall not show the certificate of ${site} any more`) : changes
    },
    awaitRedirect: (site) => [awaitRedirect(layout, site)],
    resources: () => (touches ? [httpsResource(proxy)] : []),
  }
}
