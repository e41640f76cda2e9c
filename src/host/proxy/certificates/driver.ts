import type { CertificateDriver } from '../../../core/drivers.ts'
import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Layout } from '../../../core/layout.ts'
import type { ProxyFacts } from '../../../core/proxy.ts'
import type { Action, Step } from '../../../core/step.ts'
import { frontConfiguration, frontFile } from '../configuration.ts'
import { mapFile } from '../maps.ts'
import { changeAndReload } from '../reload.ts'
import { acmeFolder, certificateFile, certificateList, certificatesFolder, emptyCertificateList, gotFile } from './places.ts'

/** An authority looks at once, mostly; some have others look, too, from elsewhere. */
const orderSeconds = 180

/** Certificates as HAProxy shows them: a file a site, told to the running one. */
export function createCertificateDriver({ layout, proxy }: Pick<Facts, 'layout' | 'proxy'>): CertificateDriver {
  const show = (site: string, from: string | null, fingerprint?: string): Step => ({
    title: from === null ? `Show no certificate for ${site} any more` : `Show the certificate for ${site}`,
    action: {
      kind: 'certificate',
      socket: layout.haproxy.socket,
      list: certificateList(layout),
      path: certificateFile(layout, site),
      site,
      from,
      ...(fingerprint !== undefined && { fingerprint }),
    },
  })
  const bring = (site: string, from: string, fingerprint?: string): Step[] => [
    ...(proxy.tls === true ? [] : listen(layout)),
    show(site, from, fingerprint),
    awaitCertificate(layout, site),
  ]
  return {
    of: (site) => proxy.certificates.find((one) => one.site === site),
    order: (site) => {
      mustBeOurs(layout, proxy)
      const action = orderOf(layout, site)
      const title = `Get a certificate for ${site} from ${new URL(action.directory).host}, which comes to port 80 of that name to see that it is ours`
      return [{ title, action }, ...bring(site, action.to)]
    },
    upload: (site, from, fingerprint) => {
      mustBeOurs(layout, proxy)
      return bring(site, from, fingerprint)
    },
    remove: (site) => (proxy.certificates.some((one) => one.site === site) ? [show(site, null)] : []),
    awaitRedirect: (site) => [
      {
        title: `Wait until ${site} is sent to https`,
        action: { kind: 'await', timeoutSeconds: 10 },
        done: {
          kind: 'http',
          address: layout.haproxy.bindAddress,
          port: layout.haproxy.bindPort,
          path: '/',
          hostHeader: nameOf(site),
          statusFrom: 308,
          statusTo: 308,
        },
      },
    ],
  }
}

function orderOf(layout: Layout, site: string): Extract<Action, { kind: 'acme' }> {
  const { directory, caFile, contact } = layout.acme
  return {
    kind: 'acme',
    site,
    directory,
    ...(caFile !== undefined && { caFile }),
    ...(contact !== undefined && { contact }),
    folder: acmeFolder(layout),
    to: gotFile(layout, site),
    shown: certificateFile(layout, site),
    socket: layout.haproxy.socket,
    map: mapFile(layout, 'acme'),
    front: { address: layout.haproxy.bindAddress, port: layout.haproxy.bindPort },
    timeoutSeconds: orderSeconds,
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

function awaitCertificate(layout: Layout, site: string): Step {
  return {
    title: `Wait until whoever comes to https://${site} is shown it`,
    action: { kind: 'await', timeoutSeconds: 30 },
    done: {
      kind: 'certificate',
      address: layout.haproxy.bindAddress,
      port: layout.haproxy.tlsPort,
      serverName: nameOf(site),
      path: certificateFile(layout, site),
    },
  }
}

/** A wildcard is asked for by one of the names it stands for. */
function nameOf(site: string): string {
  return site.replace(/^\*\./, 'jailops-check.')
}

/** In a file of their own it is theirs to say where HAProxy listens. */
function mustBeOurs({ proxy: kind }: Layout, { theirs }: Pick<ProxyFacts, 'theirs'>): void {
  if (kind === 'nginx') {
    throw new JailopsError(
      'not_supported_by_driver',
      'Certificates are given to HAProxy only. With nginx in front, name them in a server block of your own (ssl_certificate), or set proxy: haproxy in the layout.',
    )
  }
  if (theirs === undefined) return
  throw new JailopsError(
    'not_supported_by_driver',
    `HAProxy runs by ${theirs.path} here, where it is yours to say what it listens for: give your frontend a line such as \`bind :443 ssl crt FILE\`.`,
  )
}
