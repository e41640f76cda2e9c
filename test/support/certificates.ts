import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Made {
  certificate: string
  key: string
  /** Both, as they are uploaded. */
  pem: string
  /** sha256 of the certificate. */
  fingerprint: string
}

/** A certificate that vouches for itself, for so many days from now. */
export function selfSigned(names: readonly string[], { days = 30, subject = '/CN=test' }: { days?: number; subject?: string } = {}): Made {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-certificate-'))
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const alternatives = names.map((name) => (/^[0-9.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(',')
  try {
    const argv = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', String(days)]
    execFileSync('openssl', [...argv, '-subj', subject, '-addext', `subjectAltName=${alternatives}`, '-keyout', keyFile, '-out', file], {
      stdio: 'ignore',
    })
    const [certificate, key] = [readFileSync(file, 'utf8'), readFileSync(keyFile, 'utf8')]
    return { certificate, key, pem: certificate + key, fingerprint: new X509Certificate(certificate).fingerprint256 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
