import type { Layout } from '../../../core/layout.ts'
import type { Action, Step } from '../../../core/step.ts'
import { acmeFolder, certificateFile, gotFile } from './places.ts'

/* What is the same of a certificate whichever proxy shows it. */

type Answers = Extract<Action, { kind: 'acme' }>['answers']

/** An authority looks at once, mostly; some have others look, too, from elsewhere. */
const orderSeconds = 180

/** Leaves it in `gotFile`. @param answers where the proxy finds what the authority wants to read */
export function orderStep(layout: Layout, site: string, answers: Answers): Step {
  const { directory, caFile, contact } = layout.acme
  return {
    title: `Get a certificate for ${site} from ${new URL(directory).host}, which comes to port 80 of that name to see that it is ours`,
    action: {
      kind: 'acme',
      site,
      directory,
      ...(caFile !== undefined && { caFile }),
      ...(contact !== undefined && { contact }),
      folder: acmeFolder(layout),
      to: gotFile(layout, site),
      shown: certificateFile(layout, site),
      answers,
      front: { address: layout.haproxy.bindAddress, port: layout.haproxy.bindPort },
      timeoutSeconds: orderSeconds,
    },
  }
}

export function awaitCertificate(layout: Layout, site: string): Step {
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

export function awaitRedirect(layout: Layout, site: string): Step {
  return {
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
  }
}

/** A wildcard is asked for by one of the names it stands for. */
function nameOf(site: string): string {
  return site.replace(/^\*\./, 'jailops-check.')
}

/** Listening for https begins with the first certificate of a host, and is taken back with it: until then nobody else shows one. */
export function httpsResource({ tls }: { tls?: true }): string {
  return tls === true ? 'shared:https' : 'https'
}
