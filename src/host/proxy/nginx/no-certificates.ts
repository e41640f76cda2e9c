import type { CertificateDriver } from '../../../core/drivers.ts'
import { refuseHttps } from './refusals.ts'

/** nginx in front listens for http only. */
export function createNoCertificates(): CertificateDriver {
  return { of: () => undefined, order: refuseHttps, upload: refuseHttps, remove: () => [], awaitRedirect: refuseHttps }
}
