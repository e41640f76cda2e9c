import type { CertificateDriver } from '../../../core/drivers.ts'
import { JailopsError } from '../../../core/errors.ts'

/** nginx in front listens for http only. */
export function createNoCertificates(): CertificateDriver {
  return { of: () => undefined, order: refuse, upload: refuse, remove: () => [], awaitRedirect: () => [] }
}

function refuse(site: string): never {
  throw new JailopsError(
    'not_supported_by_driver',
    `nginx in front listens for http only, so ${site} cannot show a certificate here. Let something else in front of it speak https, or put HAProxy in front (layout.proxy: haproxy).`,
  )
}
