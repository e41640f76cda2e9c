import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** One that vouches for itself from then until then; milliseconds since 1970. */
export function selfSignedBetween(names: readonly string[], from: number, until: number): Made {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-certificate-'))
  const at = (name: string) => join(folder, name)
  const { key } = selfSigned(names)
  writeFileSync(at('key.pem'), key)
  writeFileSync(at('index.txt'), '')
  writeFileSync(
    at('ca.cnf'),
    `[ca]\ndefault_ca = it\n[it]\ndatabase = ${at('index.txt')}\nnew_certs_dir = ${folder}\ndefault_md = sha256\nrand_serial = yes\npolicy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n[names]\nsubjectAltName = ${names.map((name) => `DNS:${name}`).join(',')}\n`,
  )
  try {
    openssl('req', '-new', '-key', at('key.pem'), '-subj', '/CN=test', '-out', at('request.pem'))
    const dates = ['-startdate', moment(from), '-enddate', moment(until)]
    openssl(
      'ca',
      '-batch',
      '-notext',
      '-selfsign',
      '-config',
      at('ca.cnf'),
      '-keyfile',
      at('key.pem'),
      ...dates,
      '-in',
      at('request.pem'),
      '-out',
      at('cert.pem'),
    )
    const certificate = readFileSync(at('cert.pem'), 'utf8')
    return { certificate, key, pem: certificate + key, fingerprint: new X509Certificate(certificate).fingerprint256 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function openssl(...argv: string[]): void {
  execFileSync('openssl', argv, { stdio: 'ignore' })
}

/** As `openssl ca` reads it. */
function moment(time: number): string {
  return `${new Date(time).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`
}
