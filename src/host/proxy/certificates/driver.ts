import type { CertificateDriver } from '../../../core/drivers.ts'
import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Layout } from '../../../core/layout.ts'
import type { ProxyFacts } from '../../../core/proxy.ts'
import type { Step } from '../../../core/step.ts'
import { frontConfiguration, frontFile } from '../configuration.ts'
import { mapFile } from '../maps.ts'
import { changeAndReload } from '../reload.ts'
import { certificateFile, certificateList, certificatesFolder, emptyCertificateList, gotFile } from './places.ts'
import { awaitCertificate, awaitRedirect, httpsResource, orderStep } from './steps.ts'

/** Certificates as HAProxy shows them: a file a site, told to the running one. */
export function createCertificateDriver({ layout, proxy }: Pick<Facts, 'layout' | 'proxy'>): CertificateDriver {
  let touches = false
  const show = (site: string, from: string | null, fingerprint?: string): Step => ({
    title: from === null ? `Show no certificate for ${site} any more` : `Show the certificate for ${site}`,
    action: {
      kind: 'certificate',
      haproxy: { socket: layout.haproxy.socket, list: certificateList(layout) },
      path: certificateFile(layout, site),
      site,
      from,
      ...(fingerprint !== undefined && { fingerprint }),
    },
  })
  const bring = (site: string, from: string, fingerprint?: string): Step[] => {
    touches = true
    return [...(proxy.tls === true ? [] : listen(layout)), show(site, from, fingerprint), awaitCertificate(layout, site)]
  }
  return {
    of: (site) => proxy.certificates.find((one) => one.site === site),
    order: (site) => {
      mustBeOurs(proxy)
      const step = orderStep(layout, site, { socket: layout.haproxy.socket, map: mapFile(layout, 'acme') })
      return [step, ...bring(site, gotFile(layout, site))]
    },
    upload: (site, from, fingerprint) => {
      mustBeOurs(proxy)
      return bring(site, from, fingerprint)
    },
    remove(site) {
      if (!proxy.certificates.some((one) => one.site === site)) return []
      touches = true
      return [show(site, null)]
    },
    awaitRedirect: (site) => [awaitRedirect(layout, site)],
    resources: () => (touches ? [httpsResource(proxy)] : []),
  }
}

/** With its first certificate a host listens for https, and not before: until then somebody else may have that port. */
function listen(layout: Layout): Step[] {
  const { configFolder, bindAddress, tlsPort } = layout.haproxy
  const reloaded = changeAndReload(
    layout,
    {
      title: `Let HAProxy listen for https at ${bindAddress}:${tlsPort}`,
      action: { kind: 'haproxy-config', folder: configFolder, name: frontFile, content: frontConfiguration(layout, { tls: true }) },
    },
    'it listens for https from now on',
  )
  return [
    { title: 'Make the folder of certificates', action: { kind: 'folder', path: certificatesFolder(layout), mode: 0o700 } },
    {
      title: 'Write a list of certificates, with none in it yet',
      action: { kind: 'write', path: certificateList(layout), content: emptyCertificateList, mode: 0o600 },
    },
    ...reloaded,
  ]
}

/** In a file of their own it is theirs to say where HAProxy listens. */
function mustBeOurs({ theirs }: Pick<ProxyFacts, 'theirs'>): void {
  if (theirs === undefined) return
  throw new JailopsError(
    'not_supported_by_driver',
    `HAProxy runs by ${theirs.path} here, where it is yours to say what it listens for: give your frontend a line such as \`bind :443 ssl crt FILE\`.`,
  )
}
